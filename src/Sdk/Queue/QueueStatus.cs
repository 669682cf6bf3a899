namespace TelemetryKit;

/// <summary>The number, size and age of the pending events in a queue.</summary>
public readonly struct QueueStatus
{
    /// <summary>Creates a status.</summary>
    public QueueStatus(int events, long bytes, DateTimeOffset? oldest)
    {
        Events = events;
        Bytes = bytes;
        Oldest = oldest;
    }

    /// <summary>The number of pending events.</summary>
    public int Events { get; }

    /// <summary>Their size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>When the oldest pending batch was created; null if there is none.</summary>
    public DateTimeOffset? Oldest { get; }

    /// <summary>Returns the status of this queue and another one together.</summary>
    internal QueueStatus Add(in QueueStatus other) => new(
        Events + other.Events, Bytes + other.Bytes, Oldest is null || other.Oldest < Oldest ? other.Oldest : Oldest);
}
