using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit;

/// <summary>Sends to a TelemetryKit server: <c>POST {endpoint}/v1/events</c>.</summary>
public sealed class TelemetryKitBackend : ITelemetryBackend
{
    /// <summary>The hosted service.</summary>
    public const string DefaultEndpoint = "https://telemetry-kit.dev";

    private readonly string? _endpoint;
    private readonly string _key;
    private readonly int _compressAbove;
    private readonly Clock _clock;
    private Uri? _address;
    private KeyValuePair<string, string>[]? _headers;

    /// <summary>Sends to a server with a write key; without an endpoint, to the hosted service.</summary>
    public TelemetryKitBackend(Uri? endpoint, string key)
        : this(endpoint?.AbsoluteUri, key, HttpSender.CompressAbove, Clock.System)
    {
    }

    internal TelemetryKitBackend(string? endpoint, string key, int compressAbove, Clock clock)
    {
        _endpoint = endpoint;
        _key = key;
        _clock = clock;
        _compressAbove = compressAbove;
    }

    /// <inheritdoc />
    public string Name => "telemetrykit";

    internal bool IsTest => _key.StartsWith("tk_test_", StringComparison.Ordinal);

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        _address ??= new(Base() + "v1/events");
        _headers ??= [new("Authorization", "Bearer " + _key)];
        // sent_at is this attempt's: by it the server knows how wrong this machine's clock is.
        var answer = await HttpSender.Post(_address, batch.ToJson(_clock.UtcNow), _compressAbove, _headers, cancellationToken)
            .ConfigureAwait(false);
        return Judge(answer);
    }

    internal static SendResult Judge(HttpAnswer answer)
    {
        var members = JsonReader.TryReadObject(answer.Body);
        // Between here and the server may stand a hotel's login page. Only what our server says is final.
        if (answer.Status == 200)
        {
            return members is not null && members.ContainsKey("received")
                ? SendResult.Delivered(Describe(members))
                : SendResult.Retry("200 from something else");
        }

        var code = members is not null && members.TryGetValue("code", out var value) ? value as string : null;
        var detail = answer.Status.ToString(CultureInfo.InvariantCulture) + (code is null ? "" : " " + code);
        if (answer.IsTransient)
            return SendResult.Retry(detail, answer.RetryAfter);
        if (answer.Status is 401 or 403)
            return SendResult.Stop(detail);
        return code is not null ? SendResult.Rejected(detail) : SendResult.Retry(detail, answer.RetryAfter);
    }

    private static string Describe(Dictionary<string, object?> members)
    {
        var rejected = members.TryGetValue("rejected", out var value) && value is List<object?> list ? list.Count : 0;
        return rejected == 0 ? "" : rejected.ToString(CultureInfo.InvariantCulture) + " rejected";
    }

    private string Base()
    {
        var text = string.IsNullOrEmpty(_endpoint) ? DefaultEndpoint : _endpoint!;
        return text.EndsWith("/", StringComparison.Ordinal) ? text : text + "/";
    }
}
