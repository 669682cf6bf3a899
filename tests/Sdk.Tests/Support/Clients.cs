namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>Clients on a test's own machine.</summary>
internal static class Clients
{
    public const string Key = "tk_live_0123456789abcdefghijABCDEFGHIJkl";

    /// <summary>A client whose user has said yes, and which sends to a server.</summary>
    public static TelemetryKitClient Consenting(TestHost host, FakeServer? server = null, Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions
        {
            ServiceName = "my-cli",
            Key = Key,
            // Nothing listens there: a test that sends says to whom.
            Endpoint = server?.Endpoint ?? new("http://127.0.0.1:9"),
            ServiceVersion = "1.2.3",
        };
        configure?.Invoke(options);
        host.Variables.TryAdd("TELEMETRYKIT_ENABLED", "1");
        return TelemetryKitClient.Create(options, host);
    }
}
