using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;

namespace TelemetryKit;

/// <summary>
/// Inserts events into a ClickHouse table over HTTP as <c>JSONEachRow</c>, one row per event, with the batch's id as the deduplication
/// token. The columns are <c>timestamp</c>, <c>event_id</c>, <c>event_type</c>, <c>user_id</c>, <c>session_id</c>, <c>service_name</c>,
/// <c>service_version</c>, <c>success</c>, <c>duration_ms</c>, <c>metadata</c> and <c>context</c>. The last two contain JSON as strings.
/// </summary>
public sealed class ClickHouseBackend : ITelemetryBackend, IHttpBackend
{
    private readonly Uri _endpoint;
    private readonly string _table;
    private readonly KeyValuePair<string, string>[] _headers;
    private HttpSender? _sender;

    /// <summary>Creates a backend.</summary>
    /// <param name="endpoint">The address of the server's HTTP interface. May contain a query such as <c>?database=usage</c>.</param>
    /// <param name="table">The table.</param>
    /// <param name="user">The user; if null, the server's default user.</param>
    /// <param name="password">The user's password.</param>
    /// <exception cref="ArgumentNullException"><paramref name="endpoint"/> is null.</exception>
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

    HttpSender? IHttpBackend.Sender { set => _sender = value; }

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        // The batch may contain only numbers of dropped events, for which the table has no column.
        if (batch.Count == 0)
            return SendResult.Delivered();
        var query = "INSERT INTO " + _table + " FORMAT JSONEachRow";
        // Keep the query of the configured address, such as a database.
        var own = _endpoint.Query.Length > 1 ? _endpoint.Query.Substring(1) + "&" : "";
        var address = new UriBuilder(_endpoint)
        {
            Query = own + "query=" + Uri.EscapeDataString(query)
                + "&date_time_input_format=best_effort&input_format_skip_unknown_fields=1&insert_deduplication_token="
                + batch.Id.ToString("D", CultureInfo.InvariantCulture),
        }.Uri;
        var response = await (_sender ?? HttpSender.Shared)
            .Post(address, Rows(batch), HttpSender.CompressAbove, _headers, cancellationToken).ConfigureAwait(false);
        var detail = response.Status.ToString(CultureInfo.InvariantCulture);
        if (response.Status == 200)
            return SendResult.Delivered();
        if (response.Status is 401 or 403)
            return SendResult.Stop(detail);
        // 400 and 404 can be caused by a wrong table or column, which the author can correct, so the events are kept.
        return SendResult.Retry(detail, response);
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
