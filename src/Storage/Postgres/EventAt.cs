using TelemetryKit.Grains.Events;

namespace TelemetryKit.Storage.Postgres;

/// <summary>One event where it lies: rows of <c>event_batches</c> are put together from these.</summary>
internal readonly record struct EventAt(EventBatch Batch, int Index)
{
    /// <summary>When it happened, in microseconds since 1970.</summary>
    public long Timestamp => Batch.Timestamp[Index];
}
