namespace TelemetryKit.Core.Stats.Releases;

/// <summary>The versions that were in use, and which platforms run which.</summary>
/// <param name="ActiveInstalls">Distinct installs in the seven days that end with the range, with any version.</param>
/// <param name="HalfVersion">
/// The latest version such that at least half of these installs used it or a later one; <c>null</c> if there is none, or if a version may
/// be missing because a day has more versions than are kept.
/// </param>
/// <param name="Releases">
/// The versions, latest first in the order of semantic versions: of the 200 with the most events, whatever the limit is. Texts that aren't
/// semantic versions are not listed.
/// </param>
/// <param name="Other">
/// The events in the range that aren't of a listed version: those without a version, of texts that aren't semantic versions, and of
/// versions past the limit.
/// </param>
/// <param name="Platforms">The operating systems, most installs first.</param>
/// <param name="Accuracy">How accurate the numbers are.</param>
public sealed record ReleasesAnswer(
    long ActiveInstalls,
    string? HalfVersion,
    IReadOnlyList<Release> Releases,
    long Other,
    IReadOnlyList<ReleasePlatform> Platforms,
    Accuracy Accuracy);

/// <summary>A version in the range.</summary>
/// <param name="Version">The version.</param>
/// <param name="Prerelease">Whether it is a prerelease.</param>
/// <param name="FirstSeen">The earliest event in the range.</param>
/// <param name="LastSeen">The latest event in the range.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs in the range.</param>
/// <param name="ActiveInstalls">Distinct installs in the seven days that end with the range.</param>
/// <param name="Adoption">
/// <paramref name="ActiveInstalls"/> ÷ all active installs in these days, from 0 to 1 with four decimals; <c>null</c> if there are none. An
/// install that used two versions counts for both.
/// </param>
/// <param name="DaysToHalf">
/// Whole days from the first event to the first day on which, of the installs in the seven days that end with it, at least half used this
/// version or a later one, and some this version; <c>null</c> if that didn't happen in the range, or if it isn't known because a day has
/// more versions than are kept.
/// </param>
/// <param name="HalfLifeDays">
/// Whole days from the day with the most installs (in the seven days that end with it) to the first day with at most half as many;
/// <c>null</c> if that didn't happen in the range, or if no install is known.
/// </param>
/// <param name="Runs">Events with <c>success</c>.</param>
/// <param name="FailureRate">Failures ÷ runs, from 0 to 1 with four decimals; <c>null</c> if there are no runs.</param>
/// <param name="Before">The comparison of failure rates with the release before.</param>
public sealed record Release(
    string Version,
    bool Prerelease,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    long Events,
    long Installs,
    long ActiveInstalls,
    double? Adoption,
    int? DaysToHalf,
    int? HalfLifeDays,
    long Runs,
    double? FailureRate,
    ReleaseComparison Before);

/// <summary>
/// The failure rate of a version against that of the release before, which is the latest earlier one in the range that isn't a prerelease,
/// whether it is listed or not.
/// The two-sided two-proportion z-test with a pooled estimate (NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3) assumes that runs
/// are independent; many runs of one install aren't quite.
/// </summary>
/// <param name="Version">The release before; <c>null</c>, as all other members are, if there is none in the range.</param>
/// <param name="FailureRate">Its failure rate; <c>null</c> if it has no runs.</param>
/// <param name="Difference">The failure rate minus that of the release before; <c>null</c> if one has no runs.</param>
/// <param name="Z">
/// The test's statistic, positive if this version fails more often; <c>null</c> if a version has fewer than five failures or successes.
/// </param>
/// <param name="PValue">
/// The probability of at least this difference if both versions failed equally often, with four decimals; <c>null</c> like
/// <paramref name="Z"/>.
/// </param>
/// <param name="Significant">Whether <paramref name="PValue"/> is below 0.05; <c>null</c> like <paramref name="Z"/>.</param>
public sealed record ReleaseComparison(
    string? Version, double? FailureRate, double? Difference, double? Z, double? PValue, bool? Significant);

/// <summary>An operating system in the range.</summary>
/// <param name="Os">The operating system; <c>(none)</c> if it is unknown.</param>
/// <param name="LatestVersion">
/// The latest version that was used on it, in the order of semantic versions; <c>null</c> if none is known.
/// </param>
/// <param name="LatestSeen">The latest event of this version on it; <c>null</c> likewise.</param>
/// <param name="TopVersion">The version that most installs used on it; <c>null</c> likewise.</param>
/// <param name="Installs">Distinct installs on it.</param>
public sealed record ReleasePlatform(
    string Os, string? LatestVersion, DateTimeOffset? LatestSeen, string? TopVersion, long Installs);
