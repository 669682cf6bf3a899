namespace TelemetryKit.Storage.Postgres;

/// <summary>The size limits of rows of <c>event_batches</c>, and how events are divided into rows.</summary>
internal static class EventRows
{
    /// <summary>
    /// The number of events of a good row. With fewer, an event needs more bytes; with more, a page reads too many events.
    /// </summary>
    public const int Target = 1_000;

    /// <summary>Rows with fewer events are merged by the compactor. The index <c>event_batches_small</c> has the same limit.</summary>
    public const int Small = 500;

    /// <summary>The maximum bytes of contexts and metadata of a row with more than one event. Bounds the memory of a reader.</summary>
    public const int Bytes = 4_000_000;

    /// <summary>Rows with as many bytes are never merged, even if they have few events. The index has the same limit.</summary>
    public const int LargeBytes = 1_000_000;

    /// <summary>
    /// Returns the number of rows for events. Each row has between two thirds and one and a half times of the target, unless there are
    /// fewer events or they have many bytes.
    /// </summary>
    public static int CountFor(int events, long bytes) =>
        (int)Math.Clamp(Math.Max((events + (Target / 2)) / Target, (bytes + Bytes - 1) / Bytes), 1, Math.Max(events, 1));

    /// <summary>
    /// Returns the index of the first event of row <paramref name="row"/>, or the number of events if that is <paramref name="rows"/>.
    /// </summary>
    public static int Start(int events, int rows, int row) => (int)((long)events * row / rows);
}
