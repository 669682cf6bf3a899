namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>Clients on a test's own machine.</summary>
internal static class Clients
{
    public const string Key = "tk_live_0123456789abcdefghijABCDEFGHIJkl";

    /// <summary>How long a test waits for what will happen: longer than any machine is busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

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
            // No test but those that say so is about a timeout, and a machine may be very slow.
            Timeout = Patience,
        };
        configure?.Invoke(options);
        host.Variables.TryAdd("TELEMETRYKIT_ENABLED", "1");
        return TelemetryKitClient.Create(options, host);
    }

    /// <summary>Flushes with the patience of a test.</summary>
    public static bool FlushAll(this ITelemetryClient client) => client.Flush(Patience);

    /// <summary>Waits until something has happened.</summary>
    public static void Until(Func<bool> condition)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, "It did not happen within " + Patience + ".");
            Thread.Sleep(20);
        }
    }
}
