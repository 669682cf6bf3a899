using TelemetryKit.Grains.Counters;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Grains.Projects;

/// <summary>
/// The merged rollups of one project and environment, as far as anyone asked. Knows which deltas it holds, so it re-reads only what
/// it lacks, and a delta that it both heard of and read counts once.
/// </summary>
internal sealed class RollupView(Guid projectId, DataEnvironment environment, IRollupStore store, TimeProvider time)
{
    private readonly SortedDictionary<DateOnly, CachedDay> _days = [];
    private (DateOnly From, DateOnly To, long At)? _lastRead;

    /// <summary>The days of the range that have anything, at most <see cref="Limits.ViewAge"/> old.</summary>
    public async Task<IReadOnlyDictionary<DateOnly, Rollup>> LoadAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        if (_lastRead is not { } last || from < last.From || to > last.To || time.GetElapsedTime(last.At) >= Limits.ViewAge)
            await ReadAsync(from, to, cancellationToken).ConfigureAwait(false);
        return _days.Where(d => d.Key >= from && d.Key <= to).ToDictionary(d => d.Key, d => d.Value.Rollup);
    }

    /// <summary>Merges a committed delta into its day, where that day is in the view.</summary>
    public void Hear(RollupDelta delta)
    {
        if (_days.TryGetValue(delta.Day, out var day))
            day.Merge(delta);
    }

    private async Task ReadAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        // Taken before the read: what is committed during it may or may not be in the answer.
        var at = time.GetTimestamp();
        var known = _days.Where(d => d.Key >= from && d.Key <= to).ToDictionary(d => d.Key, d => new KnownDay(d.Value.Revision, d.Value.Deltas));
        foreach (var state in await store.ReadDaysAsync(projectId, environment, from, to, known, cancellationToken).ConfigureAwait(false))
        {
            if (state.Replaces)
                _days.Remove(state.Day);
            if (state.Rollup is null && state.Deltas.Count == 0)
                continue;
            if (!_days.TryGetValue(state.Day, out var day))
                _days[state.Day] = day = new(state.Revision, state.Rollup is { } data ? Rollup.Read(data.Span) : new Rollup());
            foreach (var delta in state.Deltas)
                day.Merge(delta);
        }

        _lastRead = (from, to, at);
        ForgetDaysOutside(from, to);
    }

    /// <summary>Keeps the view bounded; what was just asked for stays.</summary>
    private void ForgetDaysOutside(DateOnly from, DateOnly to)
    {
        var bytes = _days.Values.Sum(d => d.Rollup.EstimatedBytes);
        foreach (var (day, cached) in _days.ToArray())
        {
            if (_days.Count <= Limits.CachedDays && bytes <= Limits.CachedRollupBytes)
                return;
            if (day >= from && day <= to)
                continue;
            bytes -= cached.Rollup.EstimatedBytes;
            _days.Remove(day);
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
                Rollup.MergeFrom(Rollup.Read(delta.Data.Span));
        }
    }
}
