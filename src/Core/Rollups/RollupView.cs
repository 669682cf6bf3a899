using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A cache of the merged rollups of one project and environment. It records which days it has loaded and which deltas they include, so it
/// reads only missing ones, and a delta that was both merged after its commit and read counts once.
/// </summary>
internal sealed class RollupView(Guid projectId, DataEnvironment environment, IRollupStore store, TimeProvider time) : ILoadedRollups
{
    private const int MaxReadRanges = 32;

    // Days without events are included, with an empty state: a day that is missing here isn't loaded.
    private readonly SortedDictionary<DateOnly, CachedDay> _days = [];
    private readonly Dictionary<DateOnly, CachedMonth> _months = [];
    private readonly Dictionary<(DayRange Range, bool Daily), long> _readAt = [];
    private readonly RangeInstallsCache _installs = new();
    private long _generation;

    /// <summary>Estimated bytes of the rollups and of the unions of their installs.</summary>
    public long EstimatedBytes => RollupBytes + _installs.EstimatedBytes;

    private long RollupBytes =>
        _days.Values.Sum(day => day.EstimatedBytes) + _months.Values.Sum(month => month.Rollup.EstimatedBytes);

    /// <summary>Returns the rollups of the ranges, at most <see cref="Limits.ViewAge"/> old.</summary>
    /// <param name="wholeRanges">The ranges of which a month may replace its days.</param>
    /// <param name="dailyRange">The range of which each day is needed, or <c>null</c>.</param>
    /// <param name="generation">The generation of the project's data that the rollups include at least.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RollupSet> LoadAsync(
        IReadOnlyList<DayRange> wholeRanges, DayRange? dailyRange, long generation, CancellationToken cancellationToken)
    {
        _installs.Trim();
        if (generation > _generation)
        {
            _readAt.Clear();
            _generation = generation;
        }

        if (IsCurrent(wholeRanges, dailyRange) && RollupSet.TryCreate(wholeRanges, dailyRange, this, _installs) is { } cached)
            return cached;
        await ReadAsync(wholeRanges, dailyRange, cancellationToken).ConfigureAwait(false);
        var read = RollupSet.TryCreate(wholeRanges, dailyRange, this, _installs)
            ?? throw new InvalidOperationException("A day of the question wasn't loaded.");
        RemoveUnneeded(dailyRange is null ? wholeRanges : [.. wholeRanges, dailyRange]);
        return read;
    }

    /// <summary>
    /// Merges a committed delta into its day, if the view contains that day. A day that was read since the commit contains the delta, and
    /// doesn't know it if it was folded meanwhile.
    /// </summary>
    /// <param name="delta">The delta.</param>
    /// <param name="committedAt">A time after the commit, in ticks of the clock.</param>
    public void Merge(RollupDelta delta, long committedAt)
    {
        if (_days.TryGetValue(delta.Day, out var day) && day.ReadAt <= committedAt)
            day.Merge(delta);
    }

    /// <inheritdoc />
    Rollup? ILoadedRollups.FindMonth(DateOnly month) => _months.GetValueOrDefault(month)?.Rollup;

    /// <inheritdoc />
    bool ILoadedRollups.TryFindDay(DateOnly day, out Rollup? rollup)
    {
        var isLoaded = _days.TryGetValue(day, out var cached);
        rollup = cached?.Rollup;
        return isLoaded;
    }

    private static IEnumerable<(DayRange Range, bool Daily)> Keys(IEnumerable<DayRange> wholeRanges, DayRange? dailyRange)
    {
        var keys = wholeRanges.Select(range => (range, false));
        return dailyRange is null ? keys : keys.Append((dailyRange, true));
    }

    private bool IsCurrent(IReadOnlyList<DayRange> wholeRanges, DayRange? dailyRange) => Keys(wholeRanges, dailyRange).All(
        key => _readAt.TryGetValue(key, out var at) && time.GetElapsedTime(at) < Limits.ViewAge);

    private async Task ReadAsync(IReadOnlyList<DayRange> wholeRanges, DayRange? dailyRange, CancellationToken cancellationToken)
    {
        // Taken before the read, because its result may or may not include what is committed meanwhile.
        var at = time.GetTimestamp();
        var days = wholeRanges.SelectMany(range => range.Without(range.WholeMonths()));
        var request = new RollupRequest
        {
            Days = DayRange.Union(dailyRange is null ? days : days.Append(dailyRange)),
            Months = [.. wholeRanges.SelectMany(range => range.WholeMonths()).Distinct()],
            KnownDays = _days.ToDictionary(day => day.Key, day => new KnownDay(day.Value.Revision, day.Value.Deltas)),
            KnownMonths = _months.ToDictionary(month => month.Key, month => month.Value.Revision),
        };
        var snapshot = await store.ReadAsync(projectId, environment, request, cancellationToken).ConfigureAwait(false);
        Apply(request, snapshot.Months);
        Apply(request.DaysBeside(snapshot.Months.Select(month => month.Month)), snapshot.Days, at);
        if (_readAt.Count >= MaxReadRanges)
            _readAt.Clear();
        foreach (var key in Keys(wholeRanges, dailyRange))
            _readAt[key] = at;
    }

    private void Apply(RollupRequest request, IReadOnlyList<MonthState> states)
    {
        foreach (var month in request.Months.Except(states.Select(state => state.Month)))
            RemoveMonth(month);
        foreach (var state in states)
        {
            if (state.Rollup is not { } data)
                continue;
            var known = _months.GetValueOrDefault(state.Month);
            var month = _months[state.Month] = new(state.Revision, Rollup.Read(data.Span));
            if (known is not null)
                _installs.Replace(known.Rollup, month.Rollup);
        }
    }

    private void Apply(List<DayRange> ranges, IReadOnlyList<DayState> states, long at)
    {
        foreach (var range in ranges)
        {
            for (var day = range.From; day <= range.To; day = day.AddDays(1))
            {
                if (!_days.TryGetValue(day, out var cached))
                    _days.Add(day, cached = new(0, null));
                cached.ReadAt = at;
            }
        }

        foreach (var state in states)
        {
            var known = _days[state.Day];
            var day = state.Replaces
                ? new(state.Revision, state.Rollup is { } data ? Rollup.Read(data.Span) : null) { ReadAt = at }
                : known;
            foreach (var delta in state.Deltas)
                day.Merge(delta);
            _days[state.Day] = day;
            if (known.Rollup is { } replaced && replaced != day.Rollup)
                _installs.Replace(replaced, day.Rollup);
        }
    }

    /// <summary>Removes what the ranges don't need if the view exceeds its bounds.</summary>
    private void RemoveUnneeded(IReadOnlyList<DayRange> ranges)
    {
        if (_days.Count <= Limits.CachedDaysUnmeasured && _months.Count == 0)
            return;
        var bytes = RollupBytes;
        foreach (var (month, cached) in _months.Where(month => !ranges.Any(range => range.Contains(DayRange.OfMonth(month.Key)))).ToArray())
        {
            if (bytes <= Limits.CachedRollupBytes)
                break;
            bytes -= cached.Rollup.EstimatedBytes;
            RemoveMonth(month);
        }

        foreach (var (day, cached) in _days.Where(day => !ranges.Any(range => range.Contains(day.Key))).ToArray())
        {
            if (_days.Count <= Limits.CachedDays && bytes <= Limits.CachedRollupBytes)
                return;
            bytes -= cached.EstimatedBytes;
            RemoveDay(day);
        }
    }

    private void RemoveMonth(DateOnly month)
    {
        if (_months.Remove(month, out var removed))
            _installs.Replace(removed.Rollup, null);
    }

    private void RemoveDay(DateOnly day)
    {
        if (_days.Remove(day, out var removed) && removed.Rollup is { } rollup)
            _installs.Replace(rollup, null);
    }

    private sealed record CachedMonth(long Revision, Rollup Rollup);

    private sealed class CachedDay(long revision, Rollup? rollup)
    {
        private readonly HashSet<Guid> _deltas = [];

        public long Revision { get; } = revision;

        /// <summary>When the last read of the day began, in ticks of the clock.</summary>
        public long ReadAt { get; set; }

        /// <summary>The counters, or <c>null</c> if the day has no events.</summary>
        public Rollup? Rollup { get; private set; } = rollup;

        public IReadOnlyCollection<Guid> Deltas => _deltas;

        public long EstimatedBytes => 200 + (Rollup?.EstimatedBytes ?? 0) + (_deltas.Count * 32L);

        public void Merge(RollupDelta delta)
        {
            if (_deltas.Add(delta.Id))
                (Rollup ??= new(RollupScale.Day)).MergeFrom(Rollup.Read(delta.Data.Span, RollupScale.Delta));
        }
    }
}
