using System.Globalization;
using TelemetryKit.Backends;
using TelemetryKit.Erasure;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit;

/// <summary>Sends events to a TelemetryKit server, with <c>POST {endpoint}/v1/events</c>.</summary>
public sealed class TelemetryKitBackend : ITelemetryBackend, IHttpBackend, IErasureSender
{
    /// <summary>The address of the hosted service.</summary>
    public const string DefaultEndpoint = "https://telemetry-kit.dev";

    private readonly string _endpoint;
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
        if (!WriteKey.TryClean(key, out _key))
            Fault = WriteKey.FaultOf(_key);
        if (!ServerAddress.TryClean(string.IsNullOrEmpty(endpoint) ? DefaultEndpoint : endpoint!, out _endpoint))
            Fault = "the endpoint is malformed";
        _clock = clock;
        _compressAbove = compressAbove;
    }

    /// <inheritdoc />
    public string Name => "telemetrykit";

    /// <summary>What is wrong with the settings; null if nothing is. Then nothing is sent.</summary>
    internal string? Fault { get; private set; }

    internal bool IsTest => _key.StartsWith("tk_test_", StringComparison.Ordinal);

    HttpSender? IHttpBackend.Sender { set => _sender = value; }

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        if (batch is null)
            throw new ArgumentNullException(nameof(batch));
        if (Address is not { } address)
            return SendResult.Stop(Fault!);
        // sent_at is the time of this attempt. The server uses it to compensate for a wrong clock of this machine.
        var response = await Sender.Post(address, batch.ToJson(_clock.UtcNow), _compressAbove, Authorization(), cancellationToken)
            .ConfigureAwait(false);
        return ToResult(response);
    }

    async Task<ErasureResponse> IErasureSender.Erase(ErasureRequest request, CancellationToken cancellationToken)
    {
        if (Fault is not null)
            return new(null, false, null, Fault);
        var response = await Sender.Post(
            new(_endpoint + "/v1/erase"), request.ToJson(), int.MaxValue, Authorization(), cancellationToken).ConfigureAwait(false);
        var code = CodeOf(JsonReader.TryReadObject(response.Body));
        return new(
            response.Status is 200 or 202 ? ErasureReceipt.TryRead(response.Body) : null,
            response.Status == 400 && code is not null, response.RetryAfter, Detail(response, code));
    }

    async Task<ErasureReceipt?> IErasureSender.Receipt(string id, CancellationToken cancellationToken) =>
        await Get("/v1/erasures/" + id, Authorization(), cancellationToken).ConfigureAwait(false) is { } text
            ? ErasureReceipt.TryRead(text)
            : null;

    Task<string?> IErasureSender.Keys(CancellationToken cancellationToken) => Get("/.well-known/telemetrykit", [], cancellationToken);

    private async Task<string?> Get(string path, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        if (Fault is not null)
            return null;
        var response = await Sender.Get(new(_endpoint + path), headers, cancellationToken).ConfigureAwait(false);
        return response.Status == 200 ? response.Body : null;
    }

    private KeyValuePair<string, string>[] Authorization() => _headers ??= [new("Authorization", "Bearer " + _key)];

    /// <summary>Opens a connection that the next batch uses.</summary>
    internal Task ConnectAsync(CancellationToken cancellationToken) =>
        Address is { } address ? Sender.Connect(address, cancellationToken) : Task.CompletedTask;

    private HttpSender Sender => _sender ?? HttpSender.Shared;

    // Null if it is malformed. Not created before the first request, because most runs send nothing.
    private Uri? Address
    {
        get
        {
            if (_address is null && Fault is null && !Uri.TryCreate(_endpoint + "/v1/events", UriKind.Absolute, out _address))
                Fault = "the endpoint is malformed";
            return _address;
        }
    }

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

        var code = CodeOf(members);
        var detail = Detail(response, code);
        // A wrong address, which may be corrected.
        if (response.IsTransient || response.Status is 404 or 405)
            return SendResult.Retry(detail, response);
        // The project is above the plan of its tenant, which may change at any time.
        if (code == "project_suspended")
            return SendResult.Retry(detail, response);
        if (response.Status is 401 or 403)
            return SendResult.Stop(detail);
        return code is not null ? SendResult.Rejected(detail) : SendResult.Retry(detail, response);
    }

    private static string? CodeOf(Dictionary<string, object?>? problem) =>
        problem is not null && problem.TryGetValue("code", out var code) ? code as string : null;

    private static string Detail(ServerResponse response, string? code) =>
        response.Status.ToString(CultureInfo.InvariantCulture) + (code is null ? "" : " " + code);

    private static SendResult Delivered(Dictionary<string, object?> members)
    {
        var rejected = members.TryGetValue("rejected", out var value) && value is List<object?> list ? list.Count : 0;
        return SendResult.Delivered(rejected == 0 ? "" : rejected.ToString(CultureInfo.InvariantCulture) + " rejected", rejected);
    }
}
