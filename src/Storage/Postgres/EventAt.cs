using TelemetryKit.Core.Events;

namespace TelemetryKit.Storage.Postgres;

/// <summary>One event where it lies: rows of <c>event_batches</c> are put together from these.</summary>
internal readonly record struct EventAt(EventBatch Batch, int Index)
{
    /// <summary>When it happened, in microseconds since 1970.</summary>
    public long Timestamp => Batch.Timestamp[Index];

    /// <summary>Its context as it is stored: <c>null</c> where nothing is known.</summary>
    public string? Context => Batch.Context[Index].Json is "{}" ? null : Batch.Context[Index].Json;

    /// <summary>The length of its context and metadata, near enough: contexts are ASCII but for names.</summary>
    public int Bytes => (Context?.Length ?? 0) + Batch.Metadata(Index).Length;
}
