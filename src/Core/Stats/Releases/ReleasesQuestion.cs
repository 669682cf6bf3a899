using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Releases;

/// <summary>Adoption, half-life and failure rate of each version, and the versions of each platform.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Limit">The largest number of versions in the answer.</param>
public sealed record ReleasesQuestion(StatsQuery Query, int Limit) : EventQuestion<ReleasesAnswer>(Query)
{
    private const double Significance = 0.05;

    // Versions are compared day by day. Tools have fewer in use, but clients can send any number.
    private const int MostVersions = 200;

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
        var byPlatform = counted[0].Merge(Query.From, Query.To);
        var byVersion = counted[1].Merge(Query.From, Query.To);
        // A version that was used only in the days before the range is in the windows of the first days.
        var inWindows = counted[1].Merge(Ranges[0].From, Query.To);
        var known = inWindows.Ordered.Where(group => SemanticVersion.TryParse(group.Key.First) is not null).ToList();
        var compared = known.Take(MostVersions).Select(group => group.Key)
            .OrderByDescending(key => key.First, Comparer<string?>.Create(SemanticVersion.Compare)).ToList();
        var versions = compared.Where(byVersion.Groups.ContainsKey)
            .Select(key => (Version: key.First!, Totals: byVersion.Groups[key])).ToList();
        var active = new ActiveVersions(counted[1], counted[2], Query, compared.ConvertAll(key => key.First!));
        var releases = versions.Take(Limit).Select((version, index) =>
            ReleaseOf(version.Version, version.Totals, active, versions.Skip(index + 1))).ToList();
        return new(
            active.All,
            active.HalfVersion,
            releases,
            Platforms(byPlatform),
            Estimates.AccuracyOf(
                inWindows.Groups.Values,
                Math.Max(Math.Max(inWindows.Floor, byPlatform.Floor), known.Skip(MostVersions).FirstOrDefault().Value?.Events ?? 0)));
    }

    private static Release ReleaseOf(
        string version, GroupTotals totals, ActiveVersions active, IEnumerable<(string Version, GroupTotals Totals)> earlier)
    {
        var now = active.InstallsOf(version);
        var first = DateOnly.FromDateTime(totals.FirstSeen.UtcDateTime);
        return new(
            version,
            SemanticVersion.TryParse(version)!.IsPrerelease,
            totals.FirstSeen,
            totals.LastSeen,
            totals.Events,
            totals.Installs.Count,
            now,
            active.All == 0 ? null : Rounded.Rate((double)now / active.All),
            active.DayOfHalf(version) is { } half ? Math.Max(0, half.DayNumber - first.DayNumber) : null,
            active.HalfLifeOf(version),
            totals.Runs,
            RateOf(totals),
            earlier.Where(other => !SemanticVersion.TryParse(other.Version)!.IsPrerelease)
                .Select(other => Compare(totals, other.Version, other.Totals)).FirstOrDefault(NoRelease));
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

    private static List<ReleasePlatform> Platforms(MergedGroups merged) =>
    [
        .. merged.Groups.GroupBy(group => group.Key.Second).Select(platform =>
        {
            var all = new GroupTotals();
            foreach (var group in platform)
                all.Add(group.Value);
            var known = platform.Where(group => SemanticVersion.TryParse(group.Key.First) is not null).ToList();
            var latest = known.OrderByDescending(group => group.Key.First, Comparer<string?>.Create(SemanticVersion.Compare))
                .Select(group => (group.Key.First, group.Value.LastSeen)).FirstOrDefault();
            return new ReleasePlatform(
                GroupKey.Reported(platform.Key),
                latest.First,
                latest.First is null ? null : latest.LastSeen,
                known.OrderByDescending(group => group.Value.Installs.Count).ThenBy(group => group.Key)
                    .Select(group => group.Key.First).FirstOrDefault(),
                all.Installs.Count);
        }).OrderByDescending(platform => platform.Installs).ThenBy(platform => platform.Os, StringComparer.Ordinal),
    ];
}
