namespace TelemetryKit;

/// <summary>
/// Keeps events until a backend has them. The one built in keeps them in files; <see cref="TelemetryOptions.Queue"/> takes another.
/// </summary>
/// <remarks>
/// <see cref="Append"/> is called by one thread and the rest by another, so an implementation must bear two at a time, and other
/// processes of the same tool beside them. It may throw: the client then keeps the events in memory and tries again.
/// </remarks>
public interface ITelemetryQueue
{
    /// <summary>
    /// Keeps the events of a block, so that a crash of this process does not lose them. Calls <see cref="EventBlock.Advance"/>
    /// for each event kept, so that what follows a failure is known to be still unkept. Returns true when a batch became full.
    /// </summary>
    bool Append(EventBlock block);

    /// <summary>
    /// Claims the oldest batch that is full or old enough, or with <paramref name="includeOpen"/> any batch, so that no one else
    /// sends it meanwhile. Null when there is none. A claim ends with <see cref="QueuedBatch.Complete"/>,
    /// <see cref="QueuedBatch.Return"/>, or the death of the process.
    /// </summary>
    QueuedBatch? Take(bool includeOpen);

    /// <summary>Whether a batch waits that was begun before a time. Asked at every exit, so it must be cheap.</summary>
    bool IsOverdue(DateTimeOffset before);

    /// <summary>What waits.</summary>
    QueueStatus GetStatus();

    /// <summary>Deletes everything that waits.</summary>
    void Clear();
}
