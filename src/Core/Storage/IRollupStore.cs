namespace TelemetryKit.Core.Storage;

/// <summary>Where statistics are read from, and where rollups are folded.</summary>
public interface IRollupStore
{
    /// <summary>
    /// Reads the days from <paramref name="from"/> to <paramref name="to"/> (inclusive) in one snapshot: rollup and deltas together are exact at that moment.
    /// What the caller has (<paramref name="known"/>) is left out: of a day whose revision it knows, only deltas it lacks are
    /// answered; of any other day, the whole; of a day it knows that is gone (purged, or reset), an empty one that replaces. Days with nothing, or nothing new, are left out.
    /// </summary>
    Task<IReadOnlyList<DayState>> ReadDaysAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, IReadOnlyDictionary<DateOnly, KnownDay> known, CancellationToken cancellationToken);

    /// <summary>Reads the monthly rollups whose first day lies in the range.</summary>
    Task<IReadOnlyList<MonthState>> ReadMonthsAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, CancellationToken cancellationToken);

    /// <summary>The days that have at least <paramref name="minimum"/> deltas, or a delta from before <paramref name="olderThan"/>, most deltas first.</summary>
    Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Folds a day's deltas, a bounded number of them, into its rollup in one transaction: <paramref name="fold"/> gets the rollup (where there is one) and the
    /// deltas and returns the new rollup. Answers how many deltas were folded; 0 also where another process is at the same project.
    /// </summary>
    Task<int> FoldDayAsync(
        Guid projectId, DataEnvironment environment, DateOnly day, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken);

    /// <summary>The (project, environment, month) triples that ended before <paramref name="closedBefore"/>, have daily rollups and no monthly one.</summary>
    Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Writes a closed month's rollup, folded from its days, in one transaction. The daily rollups stay.</summary>
    Task<bool> FoldMonthAsync(
        Guid projectId, DataEnvironment environment, DateOnly month, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken);
}

/// <summary>What a reader has already merged of a day.</summary>
/// <param name="Revision">The revision of the rollup it read; 0 where there was none.</param>
/// <param name="Deltas">The ids of the deltas merged on top.</param>
public sealed record KnownDay(long Revision, IReadOnlyCollection<Guid> Deltas);

/// <summary>A day as the store has it.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Revision">Grows with each fold or rebuild; 0 while there is no rollup.</param>
/// <param name="Replaces">True where this is the whole day: what the reader had of it is void.</param>
/// <param name="Rollup">The rollup, where there is one and the reader lacks it.</param>
/// <param name="Deltas">The deltas the reader lacks.</param>
public sealed record DayState(DateOnly Day, long Revision, bool Replaces, ReadOnlyMemory<byte>? Rollup, IReadOnlyList<RollupDelta> Deltas);

/// <summary>A closed month's rollup.</summary>
/// <param name="Month">First day of the month.</param>
/// <param name="Revision">Grows with each rebuild.</param>
/// <param name="Rollup">The serialised rollup.</param>
public sealed record MonthState(DateOnly Month, long Revision, ReadOnlyMemory<byte> Rollup);

/// <summary>A day (or the first day of a month) that is due for folding.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Day">The day, or the first day of the month.</param>
/// <param name="Deltas">How many deltas wait; 0 for months.</param>
/// <param name="Oldest">When the oldest of them was committed.</param>
public sealed record PendingDay(Guid ProjectId, DataEnvironment Environment, DateOnly Day, int Deltas, DateTimeOffset Oldest);
