namespace TelemetryKit.Testing;

/// <summary>A backend that keeps the events in memory.</summary>
internal sealed class CollectingBackend : ITelemetryBackend
{
    private readonly List<TelemetryEvent> _events = [];

    public string Name => "recording";

    public Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
    {
        lock (_events)
            _events.AddRange(batch.Events);
        return Task.FromResult(SendResult.Delivered());
    }

    public TelemetryEvent[] ToArray()
    {
        lock (_events)
            return _events.ToArray();
    }

    public void Clear()
    {
        lock (_events)
            _events.Clear();
    }
}
