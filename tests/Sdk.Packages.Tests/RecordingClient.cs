namespace TelemetryKit.Packages.Tests;

/// <summary>A real client whose events are collected in memory.</summary>
internal sealed class RecordingClient : IDisposable
{
    private readonly Recording _recording = new();

    public RecordingClient()
    {
        Client = TelemetryKitClient.Create("tool", configure: options =>
        {
            options.Consent = ConsentMode.HostDecides;
            _recording.Configure(options);
        });
        Client.Consent.Grant();
    }

    public TelemetryKitClient Client { get; }

    /// <summary>The events that were recorded so far.</summary>
    public IReadOnlyCollection<TelemetryEvent> Events
    {
        get
        {
            Assert.True(Client.Flush(TimeSpan.FromMinutes(1)));
            return _recording.Arrived;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _recording.Dispose();
    }
}
