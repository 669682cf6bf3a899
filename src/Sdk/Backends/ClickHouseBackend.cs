using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;

namespace TelemetryKit;

/// <summary>
/// Inserts into a ClickHouse table over HTTP as <c>JSONEachRow</c>, one row for each event, with the batch's id as deduplication
/// token. The columns are <c>timestamp</c>, <c>event_id</c>, <c>event_type</c>, <c>user_id</c>, <c>session_id</c>,
/// <c>service_name</c>, <c>service_version</c>, <c>success</c>, <c>duration_ms</c>, <c>metadata</c> and <c>context</c>, the last two as JSON
/// texts.
/// </summary>
public sealed class ClickHouseBackend : ITelemetryBackend
{
    private readonly Uri _endpoint;
    private readonly string _table;
    private readonly KeyValuePair<string, string>[] _headers;

    /// <summary>Inserts into a table, by default <c>events</c>, as a user, by default the server's default one.</summary>
    public ClickHouseBackend(Uri endpoint, string table = "events", string? user = null, string? password = null)
    {
        _endpoint = endpoint ?? throw new ArgumentNullException(nameof(endpoint));
        _table = table;
        _headers = user is null
            ? []
            : [new("X-ClickHouse-User", user), new("X-ClickHouse-Key", password ?? "")];
    }

    /// <inheritdoc />
    public string Name => "clickhouse";

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        // It may carry counts of dropped events alone, for which the table has no column.
        if (batch.Count == 0)
            return SendResult.Delivered();
        var query = "INSERT INTO " + _table + " FORMAT JSONEachRow";
        // What the author's address asks for, such as a database, stays.
        var own = _endpoint.Query.Length > 1 ? _endpoint.Query.Substring(1) + "&" : "";
        var address = new UriBuilder(_endpoint)
        {
            Query = own + "query=" + Uri.EscapeDataString(query) +
                "&date_time_input_format=best_effort&input_format_skip_unknown_fields=1&insert_deduplication_token=" +
                batch.Id.ToString("D", CultureInfo.InvariantCulture),
        }.Uri;
        var answer = await HttpSender.Post(address, Rows(batch), HttpSender.CompressAbove, _headers, cancellationToken)
            .ConfigureAwait(false);
        var detail = answer.Status.ToString(CultureInfo.InvariantCulture);
        if (answer.Status == 200)
            return SendResult.Delivered();
        if (answer.Status is 401 or 403)
            return SendResult.Stop(detail);
        // 400 and 404 are a wrong table or column as often as a wrong row: the author can mend them, so the events are kept.
        return SendResult.Retry(detail, answer.RetryAfter);
    }

    internal static byte[] Rows(TelemetryBatch batch)
    {
        var context = new Utf8Buffer();
        JsonText.Value(context, batch.Context);
        var contextText = context.ToString();
        var rows = new Utf8Buffer();
        var metadata = new Utf8Buffer();
        foreach (var e in batch.Events)
        {
            metadata.Length = 0;
            JsonText.Metadata(metadata, e.Metadata);
            rows.Ascii("{\"timestamp\":");
            rows.Time(e.Timestamp.UtcTicks);
            Member(rows, "event_id", e.Id);
            Member(rows, "event_type", e.Type);
            Member(rows, "user_id", e.UserId);
            Member(rows, "session_id", e.SessionId);
            Member(rows, "service_name", batch.ServiceName);
            Member(rows, "service_version", batch.ServiceVersion);
            if (e.Success is { } success)
                rows.Ascii(success ? ",\"success\":true" : ",\"success\":false");
            if (e.Duration is { } duration)
            {
                rows.Ascii(",\"duration_ms\":");
                rows.Number(duration.TotalMilliseconds);
            }

            Member(rows, "metadata", metadata.ToString());
            Member(rows, "context", contextText);
            rows.Ascii("}\n");
        }

        return rows.ToArray();
    }

    private static void Member(Utf8Buffer json, string name, string value)
    {
        json.Ascii(",\"");
        json.Ascii(name);
        json.Ascii("\":");
        json.String(value);
    }
}
