using System.Collections.Concurrent;

namespace TelemetryKit.Packages.Tests;

/// <summary>A real client whose events arrive in memory, with a folder of its own.</summary>
internal sealed class Recording : ITelemetryBackend, IDisposable
{
    private readonly ConcurrentQueue<TelemetryEvent> _events = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-").FullName;

    public Recording()
    {
        var options = new TelemetryOptions { ServiceName = "tool", Directory = _folder, Consent = ConsentMode.HostDecides };
        options.Backends.Add(this);
        Client = TelemetryKitClient.Create(options);
        Client.Consent.Grant();
    }

    public TelemetryKitClient Client { get; }

    public string Name => "recording";

    /// <summary>What was recorded so far.</summary>
    public IReadOnlyList<TelemetryEvent> Events
    {
        get
        {
            Assert.True(Client.Flush(TimeSpan.FromSeconds(30)));
            return [.. _events];
        }
    }

    public Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        foreach (var sent in batch.Events) _events.Enqueue(sent);
        return Task.FromResult(SendResult.Delivered());
    }

    public void Dispose()
    {
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
