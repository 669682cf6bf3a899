using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Retention;

/// <summary>Retention by week of first use.</summary>
/// <param name="Query">The range, of which the weeks of first use are listed, and the filters that select what a use is.</param>
public sealed record RetentionQuestion(StatsQuery Query) : EventQuestion<RetentionAnswer>(Query)
{
    private const int DaysOfWeek = 7;

    /// <summary>Installs by day that are compared; with more, a sample is.</summary>
    internal const long ComparedInstalls = 2_000_000;

    // An install that was active before the range isn't new in it.
    /// <inheritdoc />
    public override IReadOnlyList<DayRange> Ranges => [new(Monday(Query.To.AddDays(1 - Limits.QueryDays)), Query.To)];

    /// <inheritdoc />
    public override IReadOnlyList<EventCount> Counts => [Query.Count()];

    /// <inheritdoc />
    public override RetentionAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var weeks = new List<(DateOnly Monday, List<EventGroup> Days)>();
        for (var week = Ranges[0].From; week <= Query.To; week = week.AddDays(DaysOfWeek))
        {
            var end = week.AddDays(DaysOfWeek - 1);
            weeks.Add((week, [.. counted[0].Sum(week, end < Query.To ? end : Query.To).Parts]));
        }

        var groups = weeks.SelectMany(week => week.Days).Select(day => day.Installs).Where(installs => installs is not null).ToList();
        return groups.TrueForAll(installs => installs!.IsExact)
            ? Compare(weeks, MaskOf(groups.Sum(installs => installs!.Count)))
            : new(null, Accuracy.Of(Estimates.RelativeError, 0));
    }

    /// <summary>Returns the bits of a hash that are 0 in the sample: none if all installs are compared.</summary>
    internal static ulong MaskOf(long installs)
    {
        ulong mask = 0;
        for (; installs > ComparedInstalls; installs /= 2)
            mask = (mask << 1) | 1;
        return mask;
    }

    private RetentionAnswer Compare(List<(DateOnly Monday, List<EventGroup> Days)> weeks, ulong mask)
    {
        var active = weeks.ConvertAll(week => Sample(week.Days, mask));
        var seen = new HashSet<ulong>();
        var cohorts = new List<Cohort>();
        var smallest = long.MaxValue;
        for (var i = 0; i < weeks.Count; i++)
        {
            var added = new HashSet<ulong>(active[i]);
            added.ExceptWith(seen);
            seen.UnionWith(added);
            if (weeks[i].Monday < Monday(Query.From))
                continue;
            if (added.Count > 0)
                smallest = Math.Min(smallest, added.Count);
            cohorts.Add(CohortOf(weeks[i].Monday, added, active.Skip(i), mask));
        }

        var share = 1 / (mask + 1.0);
        var error = mask == 0 || smallest == long.MaxValue ? 0 : Math.Round(Math.Sqrt((1 - share) / smallest), 4);
        return new(cohorts, Accuracy.Of(error, 0));
    }

    private static Cohort CohortOf(DateOnly monday, HashSet<ulong> added, IEnumerable<HashSet<ulong>> weeks, ulong mask)
    {
        var scale = (long)mask + 1;
        return new(
            monday,
            added.Count * scale,
            [
                .. weeks.Select(week =>
                {
                    var active = added.Count(week.Contains);
                    return new CohortWeek(active * scale, added.Count == 0 ? null : Rounded.Rate((double)active / added.Count));
                }),
            ]);
    }

    private static HashSet<ulong> Sample(List<EventGroup> days, ulong mask)
    {
        var sample = new HashSet<ulong>();
        foreach (var day in days)
        {
            if (day.Installs is null)
                continue;
            foreach (var install in day.Installs.Elements)
            {
                if ((install & mask) == 0)
                    sample.Add(install);
            }
        }

        return sample;
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % DaysOfWeek));
}
