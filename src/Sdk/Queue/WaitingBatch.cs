namespace TelemetryKit;

/// <summary>A batch that waits in a queue, as <see cref="ITelemetryQueue.Peek"/> returns it.</summary>
public sealed class WaitingBatch
{
    /// <summary>Creates a description of a batch.</summary>
    public WaitingBatch(Guid id, DateTimeOffset createdAt, string head, byte[] lines)
    {
        Id = id;
        CreatedAt = createdAt;
        Head = head;
        Lines = lines;
    }

    /// <summary>The batch's id.</summary>
    public Guid Id { get; }

    /// <summary>When the first event was persisted.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The batch's head; see <see cref="EventBlock.Head"/>.</summary>
    public string Head { get; }

    /// <summary>The lines that were appended, each terminated by a line feed.</summary>
    public byte[] Lines { get; }
}
