using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;

namespace TelemetryKit;

/// <summary>
/// Sends events to an OpenTelemetry collector, using OTLP over HTTP with JSON: metrics to <c>v1/metrics</c>, logs and errors to
/// <c>v1/logs</c>, all others as spans to <c>v1/traces</c>. A run is a trace. Ids are derived from the events, so a batch that is sent
/// twice results in the same spans. OTLP cannot prevent metrics from being counted twice; therefore they are sent last, and sent again only
/// if their own response was lost.
/// </summary>
public sealed class OtlpBackend : ITelemetryBackend, IHttpBackend
{
    private readonly string _endpoint;
    private readonly KeyValuePair<string, string>[] _headers;

    // Which requests of the current batch succeeded. Each of the three can fail, and OTLP does not deduplicate.
    private readonly bool[] _sent = new bool[OtlpSignal.Count];
    private Guid _batch;
    private HttpSender? _sender;

    /// <summary>Creates a backend.</summary>
    /// <param name="endpoint">The collector's address, such as <c>http://localhost:4318</c>.</param>
    /// <param name="headers">Additional request headers, such as credentials.</param>
    /// <exception cref="ArgumentNullException"><paramref name="endpoint"/> is null.</exception>
    public OtlpBackend(Uri endpoint, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        if (endpoint is null)
            throw new ArgumentNullException(nameof(endpoint));
        _endpoint = endpoint.AbsoluteUri.EndsWith("/", StringComparison.Ordinal) ? endpoint.AbsoluteUri : endpoint.AbsoluteUri + "/";
        _headers = headers is null ? [] : new List<KeyValuePair<string, string>>(headers).ToArray();
    }

    /// <inheritdoc />
    public string Name => "otlp";

    HttpSender? IHttpBackend.Sender { set => _sender = value; }

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        if (batch.Id != _batch)
        {
            _batch = batch.Id;
            Array.Clear(_sent, 0, _sent.Length);
        }

        var signals = OtlpSignal.Of(batch);
        var refused = 0;
        string? detail = null;
        for (var i = 0; i < signals.Length; i++)
        {
            if (signals[i].Events.Count == 0 || _sent[i])
                continue;
            var result = ToResult(
                signals[i], await (_sender ?? HttpSender.Shared).Post(
                    new Uri(_endpoint + signals[i].Path), signals[i].ToJson(batch), HttpSender.CompressAbove, _headers, cancellationToken)
                    .ConfigureAwait(false));
            if (result.Outcome != SendOutcome.Delivered)
                return result;
            _sent[i] = true;
            refused += result.Refused;
            detail ??= result.Detail;
        }

        return refused > 0 && refused == batch.Count ? SendResult.Rejected(detail!) : SendResult.Delivered(detail, refused);
    }

    /// <summary>
    /// OTLP 1.x, "Failures" and "Partial Success": what the collector rejected must not be sent again. The other signals of the batch are
    /// not affected.
    /// </summary>
    private static SendResult ToResult(OtlpSignal signal, ServerResponse response)
    {
        var detail = signal.Path + " " + response.Status.ToString(CultureInfo.InvariantCulture);
        switch (response.Status)
        {
            case >= 200 and < 300:
                var refused = (int)Math.Min(Refused(signal, response.Body), signal.Events.Count);
                return refused == 0 ? SendResult.Delivered() : SendResult.Delivered(detail + " in part", refused);
            case 400 or 413 or 415 or 422:
                return SendResult.Delivered(detail + " rejected", signal.Events.Count);
            case 401 or 403:
                return SendResult.Stop(detail);
            default:
                // OTLP says that 404 and 500 must not be retried. They are usually caused by a misconfigured or broken collector, which can
                // be repaired, so the events are kept.
                return SendResult.Retry(detail, response);
        }
    }

    /// <summary>
    /// Returns the number in <c>{"partialSuccess":{"rejectedSpans":"3"}}</c>. It may be a string, like all 64-bit integers in OTLP.
    /// </summary>
    private static long Refused(OtlpSignal signal, string body) =>
        JsonReader.TryReadObject(body) is { } members
        && members.TryGetValue("partialSuccess", out var value) && value is Dictionary<string, object?> partial
        && partial.TryGetValue(signal.RefusedMember, out var count)
            ? count switch
            {
                long number => number,
                string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
                _ => 0,
            }
            : 0;
}
