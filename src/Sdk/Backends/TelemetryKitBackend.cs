using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit;

/// <summary>Sends events to a TelemetryKit server, with <c>POST {endpoint}/v1/events</c>.</summary>
public sealed class TelemetryKitBackend : ITelemetryBackend, IHttpBackend
{
    /// <summary>The address of the hosted service.</summary>
    public const string DefaultEndpoint = "https://telemetry-kit.dev";

    private readonly string? _endpoint;
    private readonly string _key;
    private readonly int _compressAbove;
    private readonly Clock _clock;
    private Uri? _address;
    private KeyValuePair<string, string>[]? _headers;
    private HttpSender? _sender;

    /// <summary>Creates a backend.</summary>
    /// <param name="endpoint">The server's address; if null, the hosted service.</param>
    /// <param name="key">The project's write key.</param>
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

    HttpSender? IHttpBackend.Sender { set => _sender = value; }

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        _headers ??= [new("Authorization", "Bearer " + _key)];
        // sent_at is the time of this attempt. The server uses it to compensate for a wrong clock of this machine.
        var response = await (_sender ?? HttpSender.Shared)
            .Post(Address, batch.ToJson(_clock.UtcNow), _compressAbove, _headers, cancellationToken).ConfigureAwait(false);
        return ToResult(response);
    }

    /// <summary>Opens a connection that the next batch uses.</summary>
    internal Task ConnectAsync(CancellationToken cancellationToken) =>
        (_sender ?? HttpSender.Shared).Connect(Address, cancellationToken);

    private static SendResult ToResult(ServerResponse response)
    {
        var members = JsonReader.TryReadObject(response.Body);
        // A captive portal may respond in place of the server, so only responses of a TelemetryKit server are final.
        if (response.Status == 200)
        {
            return members is not null && members.ContainsKey("received")
                ? Delivered(members)
                : SendResult.Retry("200 from another server");
        }

        var code = members is not null && members.TryGetValue("code", out var value) ? value as string : null;
        var detail = response.Status.ToString(CultureInfo.InvariantCulture) + (code is null ? "" : " " + code);
        if (response.IsTransient)
            return SendResult.Retry(detail, response);
        // The project is above the plan of its tenant, which may change at any time.
        if (code == "project_suspended")
            return SendResult.Retry(detail, response);
        if (response.Status is 401 or 403)
            return SendResult.Stop(detail);
        return code is not null ? SendResult.Rejected(detail) : SendResult.Retry(detail, response);
    }

    private static SendResult Delivered(Dictionary<string, object?> members)
    {
        var rejected = members.TryGetValue("rejected", out var value) && value is List<object?> list ? list.Count : 0;
        return SendResult.Delivered(rejected == 0 ? "" : rejected.ToString(CultureInfo.InvariantCulture) + " rejected", rejected);
    }

    private Uri Address => _address ??= new(BaseAddress() + "v1/events");

    private string BaseAddress()
    {
        var text = string.IsNullOrEmpty(_endpoint) ? DefaultEndpoint : _endpoint!;
        return text.EndsWith("/", StringComparison.Ordinal) ? text : text + "/";
    }
}
