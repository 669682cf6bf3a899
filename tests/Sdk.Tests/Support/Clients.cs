namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>Creates clients for tests.</summary>
internal static class Clients
{
    public const string Key = "tk_live_0123456789abcdefghijABCDEFGHIJkl";

    /// <summary>How long tests wait for an event. Long enough for a very busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Creates a client whose user has consented.</summary>
    public static TelemetryKitClient Consenting(TestHost host, FakeServer? server = null, Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions
        {
            ServiceName = "my-cli",
            Key = Key,
            // By default, no server listens at the endpoint.
            Endpoint = server?.Endpoint ?? new("http://127.0.0.1:9"),
            ServiceVersion = "1.2.3",
            // Only tests that set a timeout should depend on one, because the machine may be slow.
            Timeout = Timeout,
            // Only tests of the exit send there.
            ExitTimeout = TimeSpan.Zero,
        };
        configure?.Invoke(options);
        host.Variables.TryAdd("TELEMETRYKIT_ENABLED", "1");
        return TelemetryKitClient.Create(options, host);
    }

    /// <summary>Flushes with the timeout of tests.</summary>
    public static bool FlushAll(this ITelemetryClient client) => client.Flush(Timeout);

    /// <summary>Waits until a condition is true.</summary>
    public static void Until(Func<bool> condition)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Timeout, "The condition was not true within " + Timeout + ".");
            Thread.Sleep(20);
        }
    }
}
