namespace TelemetryKit;

/// <summary>
/// Stores events until a backend has received them. The default queue stores them in files; <see cref="TelemetryOptions.Queue"/> replaces
/// it.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Append"/> and another the other members, so implementations must support concurrent calls, also by several
/// processes of the same tool. Members may throw: the client then keeps the events in memory and tries again.
/// </remarks>
public interface ITelemetryQueue
{
    /// <summary>
    /// Persists the events of a block, so that they survive a crash of this process. Calls <see cref="EventBlock.Advance"/> for each
    /// persisted event, so that the remaining ones are known after a failure. Returns true if a batch became full.
    /// </summary>
    bool Append(EventBlock block);

    /// <summary>
    /// Claims the oldest batch that is full or old enough, or any batch if <paramref name="includeOpen"/> is true, so that no other process
    /// sends it at the same time. Returns null if there is none. The claim ends with <see cref="QueuedBatch.Complete"/>,
    /// <see cref="QueuedBatch.Return"/> or the end of the process.
    /// </summary>
    QueuedBatch? Take(bool includeOpen);

    /// <summary>Returns the number, size and age of the pending events.</summary>
    QueueStatus GetStatus();

    /// <summary>
    /// Returns the pending batches, also open ones and those that a process is sending, oldest first, without claiming or changing them.
    /// The user sees them with the command <c>telemetry show</c>.
    /// </summary>
    IReadOnlyList<WaitingBatch> Peek();

    /// <summary>Deletes all pending events.</summary>
    void Clear();
}
