using TelemetryKit.Core.Events;

namespace TelemetryKit.Storage.Postgres;

/// <summary>A reference to one event of a batch. Rows of <c>event_batches</c> are composed of these.</summary>
internal readonly record struct EventAt(EventBatch Batch, int Index)
{
    /// <summary>The timestamp, in microseconds since 1970-01-01 UTC.</summary>
    public long Timestamp => Batch.Timestamp[Index];

    /// <summary>The context as it is stored, or <c>null</c> if it is empty.</summary>
    public string? Context => Batch.Context[Index].Json is "{}" ? null : Batch.Context[Index].Json;

    /// <summary>The approximate length of its context and metadata: contexts are mostly ASCII.</summary>
    public int Bytes => (Context?.Length ?? 0) + Batch.Metadata(Index).Length;
}
