namespace TelemetryKit;

/// <summary>A batch that was claimed from a queue. Represents the batch and the claim.</summary>
public abstract class QueuedBatch
{
    /// <summary>Initializes a claimed batch.</summary>
    protected QueuedBatch(Guid id, DateTimeOffset createdAt, string head, byte[] lines, int count)
    {
        Id = id;
        CreatedAt = createdAt;
        Head = head;
        Lines = lines;
        Count = count;
    }

    /// <summary>The batch's id, the same on every attempt, so that the server counts the batch once.</summary>
    public Guid Id { get; }

    /// <summary>When the first event was persisted.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The batch's head; see <see cref="EventBlock.Head"/>.</summary>
    public string Head { get; }

    /// <summary>The lines that were appended, each terminated by a line feed.</summary>
    public byte[] Lines { get; }

    /// <summary>The number of lines.</summary>
    public int Count { get; }

    /// <summary>Removes the batch from the queue, because it was delivered or will never be accepted.</summary>
    public abstract void Complete();

    /// <summary>Returns the batch to the queue, to be sent later.</summary>
    public abstract void Return();
}
