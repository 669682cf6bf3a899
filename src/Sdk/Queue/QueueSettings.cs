namespace TelemetryKit;

/// <summary>The settings of a queue: where it may write, and its limits.</summary>
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

    /// <summary>The tool's name, converted to a valid file name.</summary>
    public string ServiceName { get; }

    /// <summary>The user's <c>~/.telemetry-kit</c>, which may not exist yet; null if there is no home directory.</summary>
    public string? Directory { get; }

    /// <summary>
    /// Identifies this queue among the tool's queues: empty for the default one, otherwise a backend's name or <c>test</c>.
    /// </summary>
    public string Lane { get; }

    /// <summary>The number of events at which a batch is full.</summary>
    public int BatchEvents { get; }

    /// <summary>The size in bytes at which a batch is full.</summary>
    public int BatchBytes { get; }

    /// <summary>The age at which a batch is sent even if it is not full.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The maximum number of events in the queue. Beyond it, the oldest are dropped.</summary>
    public int QueueEvents { get; }

    /// <summary>The maximum size of the queue in bytes. Beyond it, the oldest events are dropped.</summary>
    public long QueueBytes { get; }

    /// <summary>
    /// To be called with the reason, such as <c>queue_full</c>, and the number of events if the queue drops events. The numbers are
    /// reported with the next batch.
    /// </summary>
    public Action<string, int> Dropped { get; }
}
