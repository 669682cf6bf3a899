using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// Sums over disjoint tallies. Numbers are added immediately; installs and durations are merged only when they are read, because a long
/// list reports only a few of its values.
/// </summary>
internal sealed class Totals
{
    private readonly List<Details> _details = [];
    private Tally _sum = new(Kept.Numbers);
    private Kept _kept = Kept.Installs;

    public long Events => _sum.Events;

    public long Failures => _sum.Failures;

    /// <summary>1 − failures ÷ runs, with four decimals; <c>null</c> if there are no runs.</summary>
    public double? SuccessRate => _sum.WithOutcome == 0 ? null : Rounded.Rate(1 - ((double)_sum.Failures / _sum.WithOutcome));

    public DateTimeOffset FirstSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.First);

    public DateTimeOffset LastSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.Last);

    /// <summary>Distinct installs; <c>null</c> if they are not kept.</summary>
    public long? Installs
    {
        get
        {
            if ((_kept & Kept.Installs) == 0)
                return null;
            if (_details.Count == 1)
                return _details[0].Installs?.Count ?? 0;
            var union = new DistinctCounter(new Tally(_kept).Precision, Limits.ExactSetSize);
            foreach (var details in _details)
            {
                if (details.Installs is not null)
                    union.MergeFrom(details.Installs);
            }

            return union.Count;
        }
    }

    /// <summary>What the tallies keep in addition to numbers.</summary>
    public List<Details> Details => _details;

    /// <summary>Returns the sums of the events in rollups that a query selects.</summary>
    public static Totals Of(IReadOnlyList<Rollup> rollups, StatsQuery query)
    {
        var selection = new Selection(query);
        var totals = new Totals();
        foreach (var rollup in rollups)
            selection.Find(rollup, totals);
        return totals;
    }

    /// <summary>Adds a tally. The totals keep what all added tallies keep.</summary>
    public void Add(in Tally tally)
    {
        _kept = _sum.Events == 0 ? tally.Kept : _kept & tally.Kept;
        _sum.MergeFrom(tally, RollupBounds.Default);
        if (tally.Details is not null)
            _details.Add(tally.Details);
    }

    public void Clear()
    {
        _details.Clear();
        _sum = new Tally(Kept.Numbers);
    }

    /// <summary>
    /// Replaces <paramref name="buckets"/> by the counts of durations. Returns false if no event has a duration, or if durations are not
    /// kept.
    /// </summary>
    public bool CountDurations(Span<long> buckets)
    {
        buckets.Clear();
        if ((_kept & Kept.Durations) == 0)
            return false;
        var any = false;
        foreach (var details in _details)
        {
            if (details.Durations is null)
                continue;
            details.Durations.AddTo(buckets);
            any = true;
        }

        return any;
    }
}
