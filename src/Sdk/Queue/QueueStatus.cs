namespace TelemetryKit;

/// <summary>What waits in a queue.</summary>
public readonly struct QueueStatus
{
    /// <summary>Describes what waits.</summary>
    public QueueStatus(int events, long bytes, DateTimeOffset? oldest)
    {
        Events = events;
        Bytes = bytes;
        Oldest = oldest;
    }

    /// <summary>How many events wait.</summary>
    public int Events { get; }

    /// <summary>How many bytes they take.</summary>
    public long Bytes { get; }

    /// <summary>When the oldest batch was begun; null when nothing waits.</summary>
    public DateTimeOffset? Oldest { get; }

    /// <summary>What waits in this queue and another together.</summary>
    internal QueueStatus With(in QueueStatus other) => new(
        Events + other.Events, Bytes + other.Bytes, Oldest is null || other.Oldest < Oldest ? other.Oldest : Oldest);
}
