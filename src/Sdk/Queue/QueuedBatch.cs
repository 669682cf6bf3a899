namespace TelemetryKit;

/// <summary>A batch that was claimed from a queue, and the claim on it.</summary>
public abstract class QueuedBatch
{
    /// <summary>Describes a claimed batch.</summary>
    protected QueuedBatch(Guid id, DateTimeOffset createdAt, string head, byte[] lines, int count)
    {
        Id = id;
        CreatedAt = createdAt;
        Head = head;
        Lines = lines;
        Count = count;
    }

    /// <summary>Names the batch on every attempt; the server counts it once.</summary>
    public Guid Id { get; }

    /// <summary>When its first event was kept.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>As <see cref="EventBlock.Head"/>.</summary>
    public string Head { get; }

    /// <summary>The lines that were appended, each ended by a line feed.</summary>
    public byte[] Lines { get; }

    /// <summary>How many lines there are.</summary>
    public int Count { get; }

    /// <summary>Forgets the batch: it arrived, or never will.</summary>
    public abstract void Complete();

    /// <summary>Gives the batch back, to be sent later.</summary>
    public abstract void Return();
}
