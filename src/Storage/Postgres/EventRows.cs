namespace TelemetryKit.Storage.Postgres;

/// <summary>How much a row of <c>event_batches</c> holds. Pure.</summary>
internal static class EventRows
{
    /// <summary>Events where compression and pruning are both good: fewer cost more bytes an event, more make a page read too much.</summary>
    public const int Target = 1_000;

    /// <summary>Rows with fewer are joined by the compactor; the index <c>event_batches_small</c> says the same.</summary>
    public const int Small = 500;

    /// <summary>Contexts and metadata of a row, as long as it has more than one event: what a reader must hold of one row.</summary>
    public const int Bytes = 4_000_000;

    /// <summary>Rows with as much are never joined, however few events they have; the index says the same.</summary>
    public const int LargeBytes = 1_000_000;

    /// <summary>Into how many rows events go: each holds between two thirds of the target and one and a half of it, unless all are less or their bytes are many.</summary>
    public static int CountFor(int events, long bytes) =>
        (int)Math.Clamp(Math.Max((events + (Target / 2)) / Target, (bytes + Bytes - 1) / Bytes), 1, Math.Max(events, 1));

    /// <summary>The first event of row <paramref name="row"/> of <paramref name="rows"/>, and after the last row the number of events.</summary>
    public static int Start(int events, int rows, int row) => (int)((long)events * row / rows);
}
