using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A cache of the merged rollups of one project and environment. It records which deltas it includes, so it reads only missing ones, and
/// a delta that was both merged after its commit and read counts once.
/// </summary>
internal sealed class RollupView(Guid projectId, DataEnvironment environment, IRollupStore store, TimeProvider time)
{
    // Closed months change only if data is deleted, which becomes visible within a minute.
    private static readonly TimeSpan MonthsAge = TimeSpan.FromMinutes(1);
    private const int MaxReadRanges = 16;

    private readonly SortedDictionary<DateOnly, CachedDay> _days = [];
    private readonly Dictionary<DayRange, long> _daysReadAt = [];
    private (DayRange Range, long At, IReadOnlyDictionary<DateOnly, Rollup> Months)? _months;

    /// <summary>Returns the rollups of the range, at most <see cref="Limits.ViewAge"/> old.</summary>
    /// <param name="range">The days.</param>
    /// <param name="wholeMonths">True if a closed month may replace its days, because the question doesn't distinguish days.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RollupSet> LoadAsync(DayRange range, bool wholeMonths, CancellationToken cancellationToken)
    {
        var months = wholeMonths ? await LoadMonthsAsync(range, cancellationToken).ConfigureAwait(false) : [];
        var days = new Dictionary<DateOnly, Rollup>();
        foreach (var segment in DaysBetween(months.Keys, range))
        {
            if (!_daysReadAt.TryGetValue(segment, out var at) || time.GetElapsedTime(at) >= Limits.ViewAge)
                await ReadDaysAsync(segment, cancellationToken).ConfigureAwait(false);
            foreach (var (day, cached) in _days.Where(d => d.Key >= segment.From && d.Key <= segment.To))
                days[day] = cached.Rollup;
        }

        RemoveDaysOutside(range);
        return new(days, months);
    }

    /// <summary>Merges a committed delta into its day, if the view contains that day.</summary>
    public void Merge(RollupDelta delta)
    {
        if (_days.TryGetValue(delta.Day, out var day))
            day.Merge(delta);
    }

    /// <summary>Returns the days of the range that the months don't cover, as contiguous ranges.</summary>
    internal static IEnumerable<DayRange> DaysBetween(IEnumerable<DateOnly> months, DayRange range)
    {
        var from = range.From;
        foreach (var month in months.Order())
        {
            if (from < month)
                yield return new(from, month.AddDays(-1));
            from = month.AddMonths(1);
        }

        if (from <= range.To)
            yield return new(from, range.To);
    }

    private async Task<Dictionary<DateOnly, Rollup>> LoadMonthsAsync(DayRange range, CancellationToken cancellationToken)
    {
        var first = range.From.Day == 1 ? range.From : new DateOnly(range.From.Year, range.From.Month, 1).AddMonths(1);
        var last = new DateOnly(range.To.Year, range.To.Month, 1);
        if (range.To.AddDays(1).Day != 1)
            last = last.AddMonths(-1);
        if (last < first)
            return [];
        if (_months is not { } known || first < known.Range.From || last > known.Range.To
            || time.GetElapsedTime(known.At) >= MonthsAge)
        {
            var at = time.GetTimestamp();
            var read = await store.ReadMonthsAsync(projectId, environment, first, last, cancellationToken).ConfigureAwait(false);
            known = (new(first, last), at, read.ToDictionary(m => m.Month, m => Rollup.Read(m.Rollup.Span, RollupScale.Month)));
            _months = known;
        }

        return known.Months.Where(m => m.Key >= first && m.Key <= last).ToDictionary();
    }

    private async Task ReadDaysAsync(DayRange range, CancellationToken cancellationToken)
    {
        // Taken before the read, because its result may or may not include what is committed meanwhile.
        var at = time.GetTimestamp();
        var known = _days
            .Where(d => d.Key >= range.From && d.Key <= range.To)
            .ToDictionary(d => d.Key, d => new KnownDay(d.Value.Revision, d.Value.Deltas));
        var states = await store.ReadDaysAsync(projectId, environment, range.From, range.To, known, cancellationToken)
            .ConfigureAwait(false);
        foreach (var state in states)
        {
            if (state.Replaces)
                _days.Remove(state.Day);
            if (state.Rollup is null && state.Deltas.Count == 0)
                continue;
            if (!_days.TryGetValue(state.Day, out var day))
                _days[state.Day] = day = new(state.Revision, state.Rollup is { } data ? Rollup.Read(data.Span) : new Rollup(RollupScale.Day));
            foreach (var delta in state.Deltas)
                day.Merge(delta);
        }

        if (_daysReadAt.Count >= MaxReadRanges)
            _daysReadAt.Clear();
        _daysReadAt[range] = at;
    }

    /// <summary>Removes days outside the range if the view exceeds its bounds.</summary>
    private void RemoveDaysOutside(DayRange range)
    {
        if (_days.Count <= Limits.CachedDaysUnmeasured)
            return;
        var bytes = _days.Values.Sum(d => d.Rollup.EstimatedBytes);
        foreach (var (day, cached) in _days.Where(d => d.Key < range.From || d.Key > range.To).ToArray())
        {
            if (_days.Count <= Limits.CachedDays && bytes <= Limits.CachedRollupBytes)
                return;
            bytes -= cached.Rollup.EstimatedBytes;
            _days.Remove(day);
            // Ranges that were read may include the removed day.
            _daysReadAt.Clear();
        }
    }

    private sealed class CachedDay(long revision, Rollup rollup)
    {
        private readonly HashSet<Guid> _deltas = [];

        public long Revision { get; } = revision;

        public Rollup Rollup { get; } = rollup;

        public IReadOnlyCollection<Guid> Deltas => _deltas;

        public void Merge(RollupDelta delta)
        {
            if (_deltas.Add(delta.Id))
                Rollup.MergeFrom(Rollup.Read(delta.Data.Span, RollupScale.Delta));
        }
    }
}
