using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;

namespace TelemetryKit;

/// <summary>
/// Sends to an OpenTelemetry collector by OTLP over HTTP as JSON: metrics to <c>v1/metrics</c>, logs and errors to <c>v1/logs</c>, all
/// else as spans to <c>v1/traces</c>. A run is a trace. Ids come from the events, so a batch that is sent twice gives the same spans. OTLP has
/// no means against counting a metric twice; so metrics go last, and are sent again only when their own answer was lost.
/// </summary>
public sealed class OtlpBackend : ITelemetryBackend
{
    private readonly string _endpoint;
    private readonly KeyValuePair<string, string>[] _headers;

    // What the collector has of the batch that is sent again and again: three requests may fail one by one, and OTLP counts nothing once by itself.
    private readonly bool[] _sent = new bool[OtlpSignal.Count];
    private Guid _batch;

    /// <summary>Sends to a collector, such as <c>http://localhost:4318</c>, with further headers where it wants them.</summary>
    public OtlpBackend(Uri endpoint, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        if (endpoint is null)
            throw new ArgumentNullException(nameof(endpoint));
        _endpoint = endpoint.AbsoluteUri.EndsWith("/", StringComparison.Ordinal) ? endpoint.AbsoluteUri : endpoint.AbsoluteUri + "/";
        _headers = headers is null ? [] : new List<KeyValuePair<string, string>>(headers).ToArray();
    }

    /// <inheritdoc />
    public string Name => "otlp";

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
            var result = Judge(
                signals[i], await HttpSender.Post(
                    new Uri(_endpoint + signals[i].Path), signals[i].ToJson(batch), HttpSender.CompressAbove, _headers, cancellationToken)
                    .ConfigureAwait(false));
            if (result.Outcome != SendOutcome.Delivered)
                return result;
            _sent[i] = true;
            refused += result.Refused;
            detail ??= result.Detail;
        }

        return SendResult.Delivered(detail, refused);
    }

    /// <summary>
    /// OTLP 1.x, "Failures" and "Partial Success": what the collector could not read or did not want is not to be sent again, and the other
    /// signals of the batch are none the worse for it.
    /// </summary>
    private static SendResult Judge(OtlpSignal signal, HttpAnswer answer)
    {
        var detail = signal.Path + " " + answer.Status.ToString(CultureInfo.InvariantCulture);
        switch (answer.Status)
        {
            case >= 200 and < 300:
                var refused = (int)Math.Min(Refused(signal, answer.Body), signal.Events.Count);
                return refused == 0 ? SendResult.Delivered() : SendResult.Delivered(detail + " in part", refused);
            case 400 or 413 or 415 or 422:
                return SendResult.Delivered(detail, signal.Events.Count);
            case 401 or 403:
                return SendResult.Stop(detail);
            default:
                // A 404 or a 500 OTLP would not have us send again. It is a collector that is set up wrongly or broken as often as a bad
                // batch; that can be mended, so the events are kept.
                return SendResult.Retry(detail, answer.RetryAfter);
        }
    }

    /// <summary>The count in <c>{"partialSuccess":{"rejectedSpans":"3"}}</c>, which may be a text as all 64-bit integers are.</summary>
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
