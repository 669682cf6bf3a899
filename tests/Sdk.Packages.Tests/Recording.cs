using System.Collections.Concurrent;

namespace TelemetryKit.Packages.Tests;

/// <summary>A backend that collects events, with a temporary directory for the client.</summary>
internal sealed class Recording : ITelemetryBackend, IDisposable
{
    private readonly ConcurrentQueue<TelemetryEvent> _arrived = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-").FullName;

    public string Name => "recording";

    /// <summary>The events that were received so far.</summary>
    public IReadOnlyCollection<TelemetryEvent> Arrived => _arrived;

    public void Configure(TelemetryOptions options)
    {
        options.Directory = _folder;
        options.Backends.Add(this);
    }

    public Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        foreach (var sent in batch.Events)
            _arrived.Enqueue(sent);
        return Task.FromResult(SendResult.Delivered());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
