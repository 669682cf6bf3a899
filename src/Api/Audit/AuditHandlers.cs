using System.Globalization;
using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Stats;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Audit;

/// <summary>The audit log of a tenant: page by page, and whole as a file.</summary>
internal static class AuditHandlers
{
    private const int DefaultLimit = 100;
    private static readonly QueryParameter Before = new("before", "The next of the previous page: returns entries before this one.")
    {
        Format = "uuid", Maximum = 36,
    };

    private static readonly QueryParameter Limit = new("limit", "The maximum number of entries.", "integer")
    {
        Minimum = 1, Maximum = Limits.PageSize, Default = "100",
    };

    private static readonly QueryParameter Format = new("format", "The format of the file: one JSON object per line, or CSV.")
    {
        Values = ["jsonl", "csv"], Default = "jsonl",
    };

    public static readonly QueryParameters ReadParameters = new(Before, Limit);
    public static readonly QueryParameters ExportParameters = new(Format);

    public static async Task<IResult> ReadAsync(HttpContext http, IAccountStore store)
    {
        var reader = new QueryReader(http.Request.Query, ReadParameters);
        var limit = reader.Number(Limit) ?? DefaultLimit;
        Guid? before = null;
        if (reader.Text(Before) is { } text)
        {
            before = Guid.TryParse(text, out var id) ? id : null;
            if (before is null)
                reader.Fault(Before, "It must be the id of a line.");
        }

        if (reader.Problem is { } problem)
            return problem;
        var entries = await store.Audit.ReadAsync(http.TenantCaller().Tenant.Id, before, limit, http.RequestAborted);
        return TypedResults.Json(
            new AuditBody([.. entries.Select(AuditEntryBody.Of)], entries.Count == limit ? entries[^1].Id : null), ManagementJson.Wire.AuditBody);
    }

    public static async Task<IResult> ExportAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, ExportParameters);
        var format = reader.Choice(Format);
        if (reader.Problem is { } problem)
            return problem;
        var caller = http.TenantCaller();
        await store.Audit.AddAsync(caller.Tenant.Id, caller.Line(AuditActions.AuditExported, time.GetUtcNow(), detail: format), http.RequestAborted);

        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-log.{format}\"";
        http.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl";
        if (format == "csv")
            await http.Response.WriteAsync("id,at,account_id,email,token_id,action,target,detail\r\n", http.RequestAborted);
        Guid? before = null;
        while (true)
        {
            var page = await store.Audit.ReadAsync(caller.Tenant.Id, before, Limits.PageSize, http.RequestAborted);
            var text = new StringBuilder();
            foreach (var entry in page.Select(AuditEntryBody.Of))
                text.Append(format == "csv" ? CsvLine(entry) : JsonSerializer.Serialize(entry, ManagementJson.Wire.AuditEntryBody) + "\n");
            await http.Response.WriteAsync(text.ToString(), http.RequestAborted);
            if (page.Count < Limits.PageSize)
                return TypedResults.Empty;
            before = page[^1].Id;
        }
    }

    private static string CsvLine(AuditEntryBody entry) => string.Join(
        ',', new[]
        {
            entry.Id.ToString(), entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), entry.AccountId?.ToString(), entry.Email, entry.TokenId?.ToString(),
            entry.Action, entry.Target, entry.Detail,
        }.Select(Cell)) + "\r\n";

    // RFC 4180. What begins like a formula would be run by a spreadsheet; a quote before it makes it text.
    private static string Cell(string? value)
    {
        var text = value ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().ContainsAny(',', '"', '\n') || text.Contains('\r', StringComparison.Ordinal) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}

/// <summary>An entry of the audit log.</summary>
/// <param name="Id">The id of the entry.</param>
/// <param name="At">When it happened.</param>
/// <param name="AccountId">The account that did it; null for the operator.</param>
/// <param name="Email">The e-mail address of the account; null for the operator and for deleted accounts.</param>
/// <param name="TokenId">The API token that was used; null if none was.</param>
/// <param name="Action">The action, such as <c>key.created</c>.</param>
/// <param name="Target">The object of the action.</param>
/// <param name="Detail">What changed.</param>
internal sealed record AuditEntryBody(Guid Id, DateTimeOffset At, Guid? AccountId, string? Email, Guid? TokenId, string Action, string? Target, string? Detail)
{
    /// <summary>From the store.</summary>
    public static AuditEntryBody Of(AuditEntry entry) => new(entry.Id, entry.At, entry.AccountId, entry.Email, entry.TokenId, entry.Action, entry.Target, entry.Detail);
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">The entries, newest first.</param>
/// <param name="Next">The value of <c>before</c> for the next page; null on the last page.</param>
internal sealed record AuditBody(IReadOnlyList<AuditEntryBody> Entries, Guid? Next);
