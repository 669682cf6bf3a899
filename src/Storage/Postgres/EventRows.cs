namespace TelemetryKit.Storage.Postgres;

/// <summary>How many events a row of <c>event_batches</c> holds. Pure.</summary>
internal static class EventRows
{
    /// <summary>Where compression and pruning are both good: fewer cost more bytes an event, more make a page read too much.</summary>
    public const int Target = 1_000;

    /// <summary>Rows with fewer are joined by the compactor; the index <c>event_batches_small</c> says the same.</summary>
    public const int Small = 500;

    /// <summary>Into how many rows events go: each holds between two thirds of the target and one and a half of it, unless all are less.</summary>
    public static int CountFor(int events) => Math.Max(1, (events + (Target / 2)) / Target);

    /// <summary>The first event of row <paramref name="row"/>, and after the last row the number of events.</summary>
    public static int Start(int events, int row) => (int)((long)events * row / CountFor(events));
}
