using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Releases;

/// <summary>Adoption, half-life and failure rate of each version, and the versions of each platform.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Limit">The largest number of versions in the answer.</param>
public sealed record ReleasesQuestion(StatsQuery Query, int Limit) : EventQuestion<ReleasesAnswer>(Query)
{
    /// <summary>
    /// The versions that are compared day by day and can be listed: those with the most events. Tools have fewer in use, but clients can
    /// send any number.
    /// </summary>
    public const int MostVersions = 200;

    private const double Significance = 0.05;

    private static readonly ReleaseComparison NoRelease = new(null, null, null, null, null, null);
    private static readonly EventField Version = EventField.Of("version");
    private static readonly EventField Os = EventField.Of("os");

    // Windows of the first days begin before the range.
    /// <inheritdoc />
    public override IReadOnlyList<DayRange> Ranges => [new(Query.From.AddDays(1 - ActiveVersions.WindowDays), Query.To)];

    /// <inheritdoc />
    public override IReadOnlyList<EventCount> Counts =>
    [
        Query.Count(Version, Os), Query.Count(Version),
        // All active installs: versions can be missing from the other counts.
        Query.Count(),
    ];

    /// <inheritdoc />
    public override ReleasesAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var byVersion = counted[1].Merge(Query.From, Query.To);
        // A version that was used only in the days before the range is in the windows of the first days.
        var inWindows = counted[1].Merge(Ranges[0].From, Query.To);
        var known = inWindows.Ordered.Select(group => (group.Key.First, Semantic: SemanticVersion.TryParse(group.Key.First), group.Value))
            .Where(version => version.Semantic is not null).ToList();
        var ordered = known.OrderByDescending(version => version.Semantic)
            .ThenByDescending(version => version.First, StringComparer.Ordinal).Select(version => version.First!).ToList();
        var compared = known.Take(MostVersions).Select(version => version.First!).ToHashSet();
        var active = new ActiveVersions(counted[1], counted[2], Query, ordered, compared);
        var releases = WithReleasesBefore(ordered, byVersion).Where(release => compared.Contains(release.Version)).Take(Limit)
            .Select(release => ReleaseOf(release.Version, release.Totals, active, release.Before)).ToList();
        var byPlatform = counted[0].Merge(Query.From, Query.To);
        var platforms = byPlatform.Groups.GroupBy(group => group.Key.Second)
            .Select(platform => (Groups: platform, Totals: GroupTotals.Of(platform.Select(group => group.Value)))).ToList();
        var missing = known.Skip(MostVersions).FirstOrDefault().Value?.Events ?? 0;
        return new(
            active.All.Installs.Count,
            active.HalfVersion,
            releases,
            byVersion.Total - releases.Sum(release => release.Events),
            [
                .. platforms.Select(platform => Platform(platform.Groups, platform.Totals.Installs.Count))
                    .OrderByDescending(platform => platform.Installs).ThenBy(platform => platform.Os, StringComparer.Ordinal),
            ],
            Estimates.AccuracyOf(
                [active.All, .. inWindows.Groups.Values, .. platforms.Select(platform => platform.Totals)],
                Math.Max(Math.Max(inWindows.Floor, byPlatform.Floor), missing)));
    }

    /// <summary>Returns the versions in the range, latest first, each with the release before.</summary>
    private static List<(string Version, GroupTotals Totals, ReleaseTotals? Before)> WithReleasesBefore(
        List<string> ordered, MergedGroups byVersion)
    {
        var versions = new List<(string, GroupTotals, ReleaseTotals?)>();
        ReleaseTotals? before = null;
        foreach (var version in Enumerable.Reverse(ordered))
        {
            if (!byVersion.Groups.TryGetValue(new(version), out var totals))
                continue;
            versions.Add((version, totals, before));
            if (!IsPrerelease(version))
                before = new(version, totals);
        }

        versions.Reverse();
        return versions;
    }

    private static bool IsPrerelease(string version) => SemanticVersion.TryParse(version)!.IsPrerelease;

    private static Release ReleaseOf(string version, GroupTotals totals, ActiveVersions active, ReleaseTotals? before)
    {
        var (now, all) = (active.InstallsOf(version), active.All.Installs.Count);
        var first = DateOnly.FromDateTime(totals.FirstSeen.UtcDateTime);
        return new(
            version,
            IsPrerelease(version),
            totals.FirstSeen,
            totals.LastSeen,
            totals.Events,
            totals.Installs.Count,
            now,
            all == 0 ? null : Rounded.Rate((double)now / all),
            active.DayOfHalf(version) is { } half ? Math.Max(0, half.DayNumber - first.DayNumber) : null,
            active.HalfLifeOf(version),
            totals.Runs,
            RateOf(totals),
            before is null ? NoRelease : Compare(totals, before.Version, before.Totals));
    }

    private static ReleaseComparison Compare(GroupTotals totals, string version, GroupTotals before)
    {
        var test = ProportionTest.Compare(totals.Failures, totals.Runs, before.Failures, before.Runs);
        return new(
            version,
            RateOf(before),
            RateOf(totals) is { } rate && RateOf(before) is { } former ? Rounded.Rate(rate - former) : null,
            test is { } z ? Math.Round(z.Z, 2) : null,
            test is { } p ? Rounded.Rate(p.P) : null,
            test is { } significance ? significance.P < Significance : null);
    }

    private static double? RateOf(GroupTotals totals) => totals.Runs == 0 ? null : Rounded.Rate((double)totals.Failures / totals.Runs);

    private static ReleasePlatform Platform(IGrouping<string?, KeyValuePair<GroupKey, GroupTotals>> platform, long installs)
    {
        var known = platform.Where(group => SemanticVersion.TryParse(group.Key.First) is not null).ToList();
        var latest = known.OrderByDescending(group => group.Key.First, Comparer<string?>.Create(SemanticVersion.Compare))
            .Select(group => (group.Key.First, group.Value.LastSeen)).FirstOrDefault();
        return new ReleasePlatform(
            GroupKey.Reported(platform.Key),
            latest.First,
            latest.First is null ? null : latest.LastSeen,
            known.OrderByDescending(group => group.Value.Installs.Count).ThenBy(group => group.Key)
                .Select(group => group.Key.First).FirstOrDefault(),
            installs);
    }

    private sealed record ReleaseTotals(string Version, GroupTotals Totals);
}
