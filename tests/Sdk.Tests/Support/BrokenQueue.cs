namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A queue that always fails, so that events are stored in files beside it.</summary>
internal sealed class BrokenQueue : ITelemetryQueue
{
    public bool Append(EventBlock block) => throw new InvalidOperationException("on purpose");

    public QueuedBatch? Take(bool includeOpen) => throw new InvalidOperationException("on purpose");

    public QueueStatus GetStatus() => throw new InvalidOperationException("on purpose");

    public IReadOnlyList<WaitingBatch> Peek() => throw new InvalidOperationException("on purpose");

    public void Clear() => throw new InvalidOperationException("on purpose");
}
