using System.Globalization;
using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Audit;

/// <summary>Handlers of a tenant's audit log: pages, and the export as a file.</summary>
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
                reader.Fault(Before, "It must be an entry's id.");
        }

        if (reader.Problem is { } problem)
            return problem;
        var entries = await store.Audit.ReadAsync(http.TenantCaller().Tenant.Id, before, limit, http.RequestAborted);
        var body = new AuditBody([.. entries.Select(AuditEntryBody.Of)], entries.Count == limit ? entries[^1].Id : null);
        return TypedResults.Json(body, AuditJson.Wire.AuditBody);
    }

    public static async Task<IResult> ExportAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, ExportParameters);
        var format = reader.Choice(Format);
        if (reader.Problem is { } problem)
            return problem;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-log.{format}\"";
        http.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl";
        if (http.IsHead())
            return TypedResults.Empty;
        var caller = http.TenantCaller();
        var line = caller.Line(AuditActions.AuditExported, time.GetUtcNow(), detail: format);
        await store.Audit.AddAsync(caller.Tenant.Id, line, http.RequestAborted);
        if (format == "csv")
            await http.Response.WriteAsync("id,at,account_id,email,token_id,action,target,detail\r\n", http.RequestAborted);
        Guid? before = null;
        while (true)
        {
            var page = await store.Audit.ReadAsync(caller.Tenant.Id, before, Limits.PageSize, http.RequestAborted);
            var text = new StringBuilder();
            foreach (var entry in page.Select(AuditEntryBody.Of))
                text.Append(format == "csv" ? CsvLine(entry) : JsonSerializer.Serialize(entry, AuditJson.Wire.AuditEntryBody) + "\n");
            await http.Response.WriteAsync(text.ToString(), http.RequestAborted);
            if (page.Count < Limits.PageSize)
                return TypedResults.Empty;
            before = page[^1].Id;
        }
    }

    private static string CsvLine(AuditEntryBody entry) => string.Join(
        ',', new[]
        {
            entry.Id.ToString(), entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            entry.AccountId?.ToString(), entry.Email, entry.TokenId?.ToString(), entry.Action, entry.Target, entry.Detail,
        }.Select(Csv.Cell)) + Csv.NewLine;
}

/// <summary>An entry of the audit log.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="At">The time of the action.</param>
/// <param name="AccountId">The account that performed the action; null for the operator.</param>
/// <param name="Email">The account's e-mail address; null for the operator and for deleted accounts.</param>
/// <param name="TokenId">The API token that was used; null if none was.</param>
/// <param name="Action">The action.</param>
/// <param name="Target">The object of the action.</param>
/// <param name="Detail">Details of the change.</param>
internal sealed record AuditEntryBody(
    Guid Id, DateTimeOffset At, Guid? AccountId, string? Email, Guid? TokenId, string Action, string? Target, string? Detail)
{
    /// <summary>Creates the body from a stored entry.</summary>
    public static AuditEntryBody Of(AuditEntry entry) =>
        new(entry.Id, entry.At, entry.AccountId, entry.Email, entry.TokenId, entry.Action, entry.Target, entry.Detail);
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">The entries, newest first.</param>
/// <param name="Next">The value of <c>before</c> for the next page; null on the last page.</param>
internal sealed record AuditBody(IReadOnlyList<AuditEntryBody> Entries, Guid? Next);
