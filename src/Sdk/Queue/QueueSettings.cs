namespace TelemetryKit;

/// <summary>What a queue has to know: where it may write and how much it may hold.</summary>
public sealed class QueueSettings
{
    internal QueueSettings(
        string serviceName, string? directory, string lane, int batchEvents, int batchBytes, TimeSpan interval, int queueEvents,
        long queueBytes, Action<string, int> dropped)
    {
        ServiceName = serviceName;
        Directory = directory;
        Lane = lane;
        BatchEvents = batchEvents;
        BatchBytes = batchBytes;
        Interval = interval;
        QueueEvents = queueEvents;
        QueueBytes = queueBytes;
        Dropped = dropped;
    }

    /// <summary>The tool's name, fit for a file name.</summary>
    public string ServiceName { get; }

    /// <summary>The user's <c>~/.telemetry-kit</c>, which may not exist yet; null where there is no home.</summary>
    public string? Directory { get; }

    /// <summary>Which of the tool's queues this is: empty for the default one, else a backend's name or <c>test</c>.</summary>
    public string Lane { get; }

    /// <summary>Events at which a batch is full.</summary>
    public int BatchEvents { get; }

    /// <summary>Bytes at which a batch is full.</summary>
    public int BatchBytes { get; }

    /// <summary>The age at which a batch is sent even though it is not full.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Events the queue may hold; over it the oldest are dropped.</summary>
    public int QueueEvents { get; }

    /// <summary>Bytes the queue may hold; over it the oldest are dropped.</summary>
    public long QueueBytes { get; }

    /// <summary>Tells how many events were dropped, and why in one word; reported with the next batch.</summary>
    public Action<string, int> Dropped { get; }
}
