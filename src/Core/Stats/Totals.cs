using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// Sums over tallies of which none shares an event with another. Numbers are added up at once; installs and durations only when they are asked
/// for, because of a long list few values are.
/// </summary>
internal sealed class Totals
{
    private readonly List<Details> _details = [];
    private Tally _sum = new(Kept.Numbers);
    private Kept _kept = Kept.Installs;

    public long Events => _sum.Events;

    public long Failures => _sum.Failures;

    /// <summary>1 − failures ÷ events that said, to four decimals; <c>null</c> where none did.</summary>
    public double? SuccessRate => _sum.Said == 0 ? null : Rounded.Rate(1 - ((double)_sum.Failures / _sum.Said));

    public DateTimeOffset FirstSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.First);

    public DateTimeOffset LastSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.Last);

    /// <summary>Distinct installs; <c>null</c> where they are not kept.</summary>
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

    /// <summary>What the tallies keep beside numbers.</summary>
    public List<Details> Details => _details;

    /// <summary>The sums over rollups of what a query selects.</summary>
    public static Totals Of(List<Rollup> rollups, StatsQuery query)
    {
        var selection = new Selection(query);
        var totals = new Totals();
        foreach (var rollup in rollups)
            selection.Find(rollup, totals);
        return totals;
    }

    /// <summary>Adds a tally. All of them keep the same.</summary>
    public void Add(in Tally tally)
    {
        _sum.MergeFrom(tally, RollupBounds.Default);
        _kept = tally.Kept;
        if (tally.Details is not null)
            _details.Add(tally.Details);
    }

    public void Clear()
    {
        _details.Clear();
        _sum = new Tally(Kept.Numbers);
    }

    /// <summary>Counts durations into buckets. False where they are not kept, or no event had one.</summary>
    public bool CountDurations(Span<long> buckets)
    {
        buckets.Clear();
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
