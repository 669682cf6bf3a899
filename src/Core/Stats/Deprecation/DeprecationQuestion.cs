using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Deprecation;

/// <summary>Whether something can be removed.</summary>
/// <param name="Query">The 90 days, and the filters that select the installs.</param>
/// <param name="Target">The same days, with the filters that select the use in addition.</param>
/// <param name="Thresholds">The thresholds of the verdict.</param>
public sealed record DeprecationQuestion(StatsQuery Query, StatsQuery Target, DeprecationThresholds Thresholds)
    : EventQuestion<DeprecationAnswer>(Query)
{
    /// <summary>The days of the longest window.</summary>
    public const int Days = 90;

    private const int ShortDays = 30;
    private const int WeekDays = 7;
    private const int Weeks = 13;

    private static readonly EventField Actor = EventField.Of("actor");
    private static readonly EventField Version = EventField.Of("version");

    // The first of the 13 weeks begins a day before the 90 days.
    /// <inheritdoc />
    public override IReadOnlyList<Ranges.DayRange> Ranges => [new(Query.To.AddDays(1 - (Weeks * WeekDays)), Query.To)];

    /// <inheritdoc />
    public override IReadOnlyList<EventCount> Counts =>
    [
        // Groups can be missing from the counts by a field; these have none.
        Query.Count(), Target.Count(),
        Query.Count(Actor), Target.Count(Actor), Target.Count(Version),
    ];

    /// <inheritdoc />
    public override DeprecationAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var (use, byActor) = (new Use(counted[0], counted[1]), new Use(counted[2], counted[3]));
        var (from, to) = (Query.To.AddDays(1 - Days), Query.To);
        var last30 = use.Window(to.AddDays(1 - ShortDays), to);
        var last90 = use.Window(from, to);
        var before30 = use.Window(to.AddDays(1 - (2 * ShortDays)), to.AddDays(-ShortDays));
        var active = counted[0].Sum(from, to);
        var target = counted[1].Sum(from, to);
        var (activeActors, usingActors) = (counted[2].Merge(from, to), counted[3].Merge(from, to));
        var people = Use.People(usingActors);
        var observed = active.Events == 0 ? 0 : to.DayNumber - DateOnly.FromDateTime(active.FirstSeen.UtcDateTime).DayNumber + 1;
        var versions = counted[4].Merge(from, to);
        return new(
            to,
            Thresholds.Judge(last90.ActiveInstalls, last90.Installs, observed),
            observed,
            last30,
            last90,
            before30,
            last30.Share is { } now && before30.Share is { } then ? Rounded.Rate(now - then) : null,
            byActor.WindowOfPeople(from, to),
            byActor.Actors(from, to),
            VersionsOf(versions),
            WeeksOf(use),
            target.Events == 0 ? null : target.LastSeen,
            people.Events == 0 ? null : people.LastSeen,
            NewestFirstUse(counted[1]),
            Estimates.AccuracyOf(
                [active, target, .. versions.Groups.Values],
                Math.Max(versions.Floor, Math.Max(activeActors.Floor, usingActors.Floor))));
    }

    private static List<UseByVersion> VersionsOf(MergedGroups versions) =>
    [
        .. versions.Groups.OrderByDescending(group => group.Key.First, Comparer<string?>.Create(SemanticVersion.Compare))
            .Select(group => new UseByVersion(
                group.Key.Text, group.Value.Installs.Count, group.Value.Events, group.Value.LastSeen)),
    ];

    private List<UseWindow> WeeksOf(Use use)
    {
        var weeks = new List<UseWindow>();
        for (var week = 1 - Weeks; week <= 0; week++)
        {
            var end = Query.To.AddDays(week * WeekDays);
            weeks.Add(use.Window(end.AddDays(1 - WeekDays), end));
        }

        return weeks;
    }

    private DateOnly? NewestFirstUse(EventTables target)
    {
        DateOnly? newest = null;
        var seen = InstallBuilder.NewCounter();
        for (var day = Query.To.AddDays(1 - Days); day <= Query.To; day = day.AddDays(1))
        {
            var before = seen.Count;
            seen.MergeFrom(target.Sum(day, day).Installs);
            // Estimates also change if nothing was added.
            if (!seen.IsExact)
                return null;
            if (seen.Count > before)
                newest = day;
        }

        return newest;
    }
}
