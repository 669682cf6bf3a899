using System.Globalization;
using TelemetryKit.Backends;

namespace TelemetryKit;

/// <summary>
/// Sends to an OpenTelemetry collector by OTLP over HTTP as JSON: metrics to <c>v1/metrics</c>, logs and errors to <c>v1/logs</c>, all
/// else as spans to <c>v1/traces</c>. A run is a trace. Ids come from the events, so a batch that is sent twice gives the same spans.
/// </summary>
public sealed class OtlpBackend : ITelemetryBackend
{
    private readonly string _endpoint;
    private readonly KeyValuePair<string, string>[] _headers;

    /// <summary>Sends to a collector, such as <c>http://localhost:4318</c>, with further headers where it wants them.</summary>
    public OtlpBackend(Uri endpoint, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        if (endpoint is null) throw new ArgumentNullException(nameof(endpoint));
        _endpoint = endpoint.AbsoluteUri.EndsWith("/", StringComparison.Ordinal) ? endpoint.AbsoluteUri : endpoint.AbsoluteUri + "/";
        _headers = headers is null ? [] : new List<KeyValuePair<string, string>>(headers).ToArray();
    }

    /// <inheritdoc />
    public string Name => "otlp";

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null) throw new ArgumentNullException(nameof(batch));
        var spans = new List<TelemetryEvent>();
        var metrics = new List<TelemetryEvent>();
        var logs = new List<TelemetryEvent>();
        foreach (var e in batch.Events)
            (e.Type switch
            {
                TelemetryEventTypes.Metric => metrics,
                TelemetryEventTypes.Log or TelemetryEventTypes.Error => logs,
                _ => spans,
            }).Add(e);

        var result = SendResult.Delivered();
        if (spans.Count > 0) result = await Post("v1/traces", OtlpJson.Traces(batch, spans)).ConfigureAwait(false);
        if (metrics.Count > 0 && result.Outcome == SendOutcome.Delivered)
            result = await Post("v1/metrics", OtlpJson.Metrics(batch, metrics)).ConfigureAwait(false);
        if (logs.Count > 0 && result.Outcome == SendOutcome.Delivered)
            result = await Post("v1/logs", OtlpJson.Logs(batch, logs)).ConfigureAwait(false);
        return result;

        async Task<SendResult> Post(string path, byte[] body) =>
            Judge(await HttpSender.Post(
                new Uri(_endpoint + path), body, HttpSender.CompressAbove, _headers, cancellationToken).ConfigureAwait(false));
    }

    // OTLP 1.x, "Failures": 429, 502, 503 and 504 may be tried again, all other errors may not.
    private static SendResult Judge(HttpAnswer answer)
    {
        var detail = answer.Status.ToString(CultureInfo.InvariantCulture);
        return answer.Status switch
        {
            >= 200 and < 300 => SendResult.Delivered(),
            401 or 403 => SendResult.Stop(detail),
            400 or 413 or 415 or 422 => SendResult.Rejected(detail),
            _ => SendResult.Retry(detail, answer.RetryAfter),
        };
    }
}
