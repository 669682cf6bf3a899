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

    /// <summary>Events that were counted.</summary>
    public long Events => _sum.Events;

    /// <summary>The most events that there are in addition, because a summary didn't keep their name all the time.</summary>
    public long Missed { get; private set; }

    /// <summary>
    /// Whether the events are known, at least as an interval: not if no summary has the name, and one may have evicted it.
    /// </summary>
    public bool IsKnown => Events > 0 || Missed == 0;

    /// <summary>The most events that there can be; <c>null</c> if <see cref="Events"/> is exact.</summary>
    public long? EventsMax => Missed > 0 ? Events + Missed : null;

    public long Failures => _sum.Failures;

    /// <summary>1 − failures ÷ runs, with four decimals; <c>null</c> if there are no runs.</summary>
    public double? SuccessRate => _sum.WithOutcome == 0 ? null : Rounded.Rate(1 - ((double)_sum.Failures / _sum.WithOutcome));

    public DateTimeOffset FirstSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.First);

    public DateTimeOffset LastSeen => DateTimeOffset.FromUnixTimeSeconds(_sum.Last);

    /// <summary>What the tallies keep in addition to numbers.</summary>
    public List<Details> Details => _details;

    /// <summary>Returns the distinct installs, or <c>null</c> if they are not kept.</summary>
    public long? Installs(InstallUnion union)
    {
        if ((_kept & Kept.Installs) == 0)
            return null;
        var sets = new List<InstallSet>(_details.Count);
        foreach (var details in _details)
        {
            if (details.Installs is not null)
                sets.Add(details.Installs);
        }

        return union.Count(sets);
    }

    /// <summary>Returns the sums of the events in rollups that a query selects.</summary>
    public static Totals Of(IReadOnlyList<Rollup> rollups, StatsQuery query)
    {
        var selection = new Selection(query);
        var totals = new Totals();
        foreach (var rollup in rollups)
            selection.Find(rollup, totals);
        return totals;
    }

    /// <summary>Adds what a summary has of a name. The totals keep what all added tallies keep.</summary>
    /// <param name="tally">What was counted; <c>null</c> if the summary doesn't have the name.</param>
    /// <param name="missed">The most events that it can have in addition.</param>
    public void Add(in Tally? tally, long missed)
    {
        Missed += missed;
        if (tally is { } counted)
            Add(counted);
    }

    private void Add(in Tally tally)
    {
        _kept = _sum.Events == 0 ? tally.Kept : _kept & tally.Kept;
        _sum.AddNumbers(tally);
        if (tally.Details is not null)
            _details.Add(tally.Details);
    }

    /// <summary>
    /// Returns the 50th and 95th percentile of the durations in milliseconds, or <c>null</c> if no event has a duration, or if they are
    /// not kept.
    /// </summary>
    /// <param name="buckets">Memory for <see cref="DurationBuckets.Count"/> counts. Its content is replaced.</param>
    public (double? P50, double? P95) Percentiles(Span<long> buckets) => CountDurations(buckets)
        ? (Rounded.Milliseconds(DurationBuckets.Quantile(buckets, 0.5)), Rounded.Milliseconds(DurationBuckets.Quantile(buckets, 0.95)))
        : (null, null);

    public void Clear()
    {
        _details.Clear();
        Missed = 0;
        _sum = new Tally(Kept.Numbers);
    }

    /// <summary>
    /// Replaces <paramref name="buckets"/> by the counts of durations. Returns false if no event has a duration, or if durations are not
    /// kept.
    /// </summary>
    private bool CountDurations(Span<long> buckets)
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
