using System.Buffers.Binary;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Storage;

/// <summary>The rollups: reads them for statistics and folds deltas into them.</summary>
public interface IRollupStore
{
    /// <summary>
    /// Reads days and months in one snapshot: a rollup and its deltas together are exact. The result omits what the reader has: of a day
    /// with a known revision, it contains only the missing deltas; of any other day, everything; of a known day that was purged or reset,
    /// an empty state that replaces. Days without data and days without changes are omitted.
    /// </summary>
    Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the content of each day of the ranges that has events. Events are committed with their counters, so a day's events change
    /// only with its content.
    /// </summary>
    Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the days that have at least <paramref name="minimum"/> deltas or a delta committed before <paramref name="olderThan"/>,
    /// ordered by the number of deltas, descending.
    /// </summary>
    Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
        int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Folds a bounded number of a day's deltas into its rollup in one transaction: <paramref name="fold"/> receives the rollup (if the day
    /// has one) and the deltas and returns the new rollup. Returns the number of folded deltas, which is also 0 if another process holds
    /// the project's lock.
    /// </summary>
    Task<int> FoldDayAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken);

    /// <summary>
    /// Returns the months, by project and environment, that ended before <paramref name="closedBefore"/>, have daily rollups and no deltas,
    /// and whose monthly rollup doesn't exist or doesn't count (<see cref="RollupRequest.Months"/>).
    /// </summary>
    Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the rollup of a closed month, folded from its days, in one transaction. The daily rollups are kept. Returns false if the
    /// month has no data, if a day of it has deltas that must be folded first, or if another process holds the project's lock.
    /// </summary>
    Task<bool> FoldMonthAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly month,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken);
}

/// <summary>Identifies the content of a day: two days with equal values have the same events.</summary>
/// <param name="Revision">The revision of the day's rollup, or 0 if it has none.</param>
/// <param name="Deltas">The number of deltas that aren't folded.</param>
/// <param name="DeltaIds">A sum over the ids of these deltas, which are unique and random.</param>
public readonly record struct DayContent(long Revision, int Deltas, ulong DeltaIds)
{
    /// <summary>Returns the content with one more delta.</summary>
    public DayContent With(Guid delta)
    {
        Span<byte> bytes = stackalloc byte[16];
        delta.TryWriteBytes(bytes);
        var (low, high) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        var id = (low * 0x9E3779B97F4A7C15) ^ high;
        return this with { Deltas = Deltas + 1, DeltaIds = unchecked(DeltaIds + id) };
    }
}

/// <summary>What to read, and what the reader has already.</summary>
public sealed record RollupRequest
{
    /// <summary>The ranges of which each day is read.</summary>
    public IReadOnlyList<DayRange> Days { get; init; } = [];

    /// <summary>
    /// The first days of the months to read. A month counts only if it has no deltas and if it was folded from the rollups that its days
    /// have in the snapshot. The days of a month that doesn't count are read instead.
    /// </summary>
    public IReadOnlyList<DateOnly> Months { get; init; } = [];

    /// <summary>The days that the reader has.</summary>
    public IReadOnlyDictionary<DateOnly, KnownDay> KnownDays { get; init; } = new Dictionary<DateOnly, KnownDay>();

    /// <summary>The revisions of the months that the reader has.</summary>
    public IReadOnlyDictionary<DateOnly, long> KnownMonths { get; init; } = new Dictionary<DateOnly, long>();

    /// <summary>Returns the ranges whose days are read if the given months count.</summary>
    public List<DayRange> DaysBeside(IEnumerable<DateOnly> countingMonths) =>
        DayRange.Union([.. Days, .. Months.Except(countingMonths).Select(DayRange.OfMonth)]);
}

/// <summary>The stored state of the requested days and months.</summary>
/// <param name="Months">The months that count.</param>
/// <param name="Days">The changes of the days: those that were requested and those of the months that don't count.</param>
public sealed record RollupSnapshot(IReadOnlyList<MonthState> Months, IReadOnlyList<DayState> Days);

/// <summary>The state of a day that a reader has merged.</summary>
/// <param name="Revision">The revision of the rollup it read, or 0 if the day had no rollup.</param>
/// <param name="Deltas">The ids of the deltas that it merged into the rollup.</param>
public sealed record KnownDay(long Revision, IReadOnlyCollection<Guid> Deltas);

/// <summary>The stored state of a day, without what the reader already has.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Revision">Increases with each fold or rebuild; 0 if the day has no rollup.</param>
/// <param name="Replaces">True if this is the whole day and replaces what the reader has of it.</param>
/// <param name="Rollup">The rollup, or <c>null</c> if the day has none or the reader has it.</param>
/// <param name="Deltas">The deltas that the reader doesn't have.</param>
public sealed record DayState(DateOnly Day, long Revision, bool Replaces, ReadOnlyMemory<byte>? Rollup, IReadOnlyList<RollupDelta> Deltas);

/// <summary>The rollup of a closed month.</summary>
/// <param name="Month">First day of the month.</param>
/// <param name="Revision">Increases with each rebuild.</param>
/// <param name="Rollup">The serialized rollup, or <c>null</c> if the reader has this revision.</param>
public sealed record MonthState(DateOnly Month, long Revision, ReadOnlyMemory<byte>? Rollup);

/// <summary>A day (or the first day of a month) that is due for folding.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Day">The day, or the first day of the month.</param>
/// <param name="Deltas">The number of deltas that aren't folded; 0 for months.</param>
/// <param name="Oldest">The time at which the oldest of them was committed.</param>
public sealed record PendingDay(Guid ProjectId, DataEnvironment Environment, DateOnly Day, int Deltas, DateTimeOffset Oldest);
