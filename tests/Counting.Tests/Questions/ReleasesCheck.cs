using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares the adoption, half-life and failure rates of versions, and the versions of platforms.</summary>
internal sealed class ReleasesCheck(Comparison comparison, EventCounter counter, Question question)
{
    private const int DefaultLimit = 100;
    private const int ComparedVersions = 200;
    private const int WindowDays = 7;
    private const long FewestOfEach = 5;

    public void Check(DateOnly from, DateOnly to, JsonElement answer)
    {
        var facts = counter.Find(question.Filter, from, to);
        var inWindows = counter.Find(question.Filter, from.AddDays(1 - WindowDays), to);
        var byVersion = facts.Where(HasOrder).GroupBy(fact => fact.Version!).ToDictionary(version => version.Key, Count.Of);
        var known = inWindows.Where(HasOrder).Select(fact => fact.Version).Distinct().Count();
        var truncated = comparison.Accuracy.IsTruncated;
        // A table of a short range keeps 4,096 groups of a day.
        var isKept = to.DayNumber - from.DayNumber <= 30 && inWindows.Count <= 4_096;
        comparison.Check(
            truncated ? known > ComparedVersions || !isKept : known <= ComparedVersions, "accuracy", "", $"{known} versions",
            truncated ? "truncated" : "not truncated");
        if (truncated && !isKept)
            return;
        var versions = byVersion.Keys.OrderDescending(VersionOrder.Comparer).ToList();
        var windows = WindowsOf(from, to);
        comparison.Exact("active_installs", "", windows[^1].All, answer.Long("active_installs"));
        var half = windows[^1].Installs.Keys.Where(windows[^1].IsHalf).Max(VersionOrder.Comparer);
        comparison.Exact("half_version", "", half, answer.GetProperty("half_version").GetString());
        var releases = answer.GetProperty("releases").EnumerateArray().ToList();
        var names = releases.ConvertAll(release => release.GetProperty("version").GetString()!);
        // Of more versions, those with the most events are listed.
        var limit = Math.Min(question.Limit ?? DefaultLimit, ComparedVersions);
        if (truncated)
            CheckNames(byVersion, names, limit);
        else
            comparison.Exact("releases", "", string.Join(' ', versions.Take(limit)), string.Join(' ', names));
        foreach (var (version, release) in names.Zip(releases).Where(release => byVersion.ContainsKey(release.First)))
            CheckRelease(version, versions, byVersion, windows, release);
        comparison.Exact(
            "other", "", facts.Count - names.Sum(name => byVersion.GetValueOrDefault(name)?.Events ?? 0), answer.Long("other"));
        CheckPlatforms(facts, answer);
    }

    private static bool HasOrder(Fact fact) => fact.Version is not null && VersionOrder.IsVersion(fact.Version);

    private void CheckNames(Dictionary<string, Count> byVersion, List<string> names, int limit)
    {
        var ordered = names.OrderDescending(VersionOrder.Comparer).ToList();
        comparison.Check(
            names.Distinct().All(byVersion.ContainsKey) && names.SequenceEqual(ordered) && names.Count <= limit, "releases", "",
            $"at most {limit}, latest first", string.Join(' ', names));
        // With a lower limit the earliest of the 200 aren't listed.
        if (limit < ComparedVersions)
            return;
        var most = byVersion.Where(version => !names.Contains(version.Key)).Select(version => version.Value.Events).DefaultIfEmpty().Max();
        comparison.Check(most <= comparison.Accuracy.UnlistedMax, "unlisted", "", $"{most} events", $"{comparison.Accuracy.UnlistedMax}");
    }

    private List<Window> WindowsOf(DateOnly from, DateOnly to)
    {
        var days = counter.Find(question.Filter, from.AddDays(1 - WindowDays), to).GroupBy(fact => fact.Day)
            .ToDictionary(day => day.Key, day => day.ToList());
        List<Window> windows = [];
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            Dictionary<string, HashSet<string>> installs = [];
            HashSet<string> all = [];
            for (var past = day.AddDays(1 - WindowDays); past <= day; past = past.AddDays(1))
            {
                foreach (var fact in days.GetValueOrDefault(past) ?? [])
                    Add(fact, installs, all);
            }

            windows.Add(new(day, all.Count, installs));
        }

        return windows;
    }

    private static void Add(Fact fact, Dictionary<string, HashSet<string>> installs, HashSet<string> all)
    {
        if (fact.User is null)
            return;
        all.Add(fact.User);
        if (fact.Version is null || !VersionOrder.IsVersion(fact.Version))
            return;
        if (!installs.TryGetValue(fact.Version, out var own))
            installs[fact.Version] = own = [];
        own.Add(fact.User);
    }

    private void CheckRelease(
        string version, List<string> versions, Dictionary<string, Count> byVersion, List<Window> windows, JsonElement release)
    {
        var count = byVersion[version];
        comparison.Exact(
            "prerelease", version, $"{VersionOrder.IsPrerelease(version)}", $"{release.GetProperty("prerelease").GetBoolean()}");
        comparison.Time("first_seen", version, count.First, release.GetProperty("first_seen"));
        comparison.Time("last_seen", version, count.Last, release.GetProperty("last_seen"));
        comparison.Exact("events", version, count.Events, release.Long("events"));
        comparison.Exact("installs", version, count.Installs, release.Long("installs"));
        var active = windows[^1].InstallsOf(version);
        comparison.Exact("active_installs of a release", version, active, release.Long("active_installs"));
        comparison.Rate("adoption", version, windows[^1].All == 0 ? null : (double)active / windows[^1].All, release.Double("adoption"));
        var first = DateOnly.FromDateTime(count.First.UtcDateTime).DayNumber;
        var half = windows.Find(window => window.IsHalf(version));
        Optional("days_to_half", version, half is null ? null : Math.Max(0, half.Day.DayNumber - first), release);
        Optional("half_life_days", version, HalfLifeOf(version, windows), release);
        comparison.Exact("runs", version, count.Runs, release.Long("runs"));
        comparison.Rate("failure_rate", version, RateOf(count), release.Double("failure_rate"));
        var before = versions.SkipWhile(other => other != version).Skip(1).FirstOrDefault(other => !VersionOrder.IsPrerelease(other));
        CheckBefore(version, count, before, before is null ? Count.Of([]) : byVersion[before], release.GetProperty("before"));
    }

    private static long? HalfLifeOf(string version, List<Window> windows)
    {
        var peak = windows.MaxBy(window => window.InstallsOf(version))!;
        var end = windows.Find(window => window.Day > peak.Day && window.InstallsOf(version) * 2 <= peak.InstallsOf(version));
        return peak.InstallsOf(version) == 0 ? null : end?.Day.DayNumber - peak.Day.DayNumber;
    }

    private void CheckBefore(string version, Count count, string? other, Count before, JsonElement actual)
    {
        comparison.Exact("before.version", version, other, actual.GetProperty("version").GetString());
        comparison.Rate("before.failure_rate", version, RateOf(before), actual.Double("failure_rate"));
        Near("before.difference", version, RateOf(count) - RateOf(before), actual.Double("difference"), 0.00016);
        var (z, p) = TestOf(count, before);
        Near("before.z", version, z, actual.Double("z"), 0.006);
        Near("before.p_value", version, p, actual.Double("p_value"), 0.0001);
        var known = actual.GetProperty("significant");
        var isSignificant = known.ValueKind == JsonValueKind.Null ? (bool?)null : known.GetBoolean();
        if (p is null || Math.Abs(p.Value - 0.05) > 1e-6)
            comparison.Check(isSignificant == (p is null ? null : p < 0.05), "before.significant", version, $"{p}", $"{isSignificant}");
    }

    /// <summary>The two-sided test of two proportions with a pooled estimate; nothing with fewer than five failures or successes.</summary>
    private static (double? Z, double? P) TestOf(Count one, Count two)
    {
        if (new[] { one.Failures, two.Failures, one.Runs - one.Failures, two.Runs - two.Failures }.Min() < FewestOfEach)
            return (null, null);
        var pooled = (double)(one.Failures + two.Failures) / (one.Runs + two.Runs);
        var error = Math.Sqrt((pooled * (1 - pooled) / one.Runs) + (pooled * (1 - pooled) / two.Runs));
        var z = (RateOf(one)!.Value - RateOf(two)!.Value) / error;
        // The area of the normal distribution between −|z| and |z|, by Simpson's rule.
        const int Steps = 2_000;
        var width = Math.Abs(z) / Steps;
        var sum = Density(0) + Density(Math.Abs(z));
        for (var i = 1; i < Steps; i++)
            sum += (i % 2 == 0 ? 2 : 4) * Density(i * width);
        return (z, Math.Max(0, 1 - (2 * sum * width / 3)));

        static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    private void CheckPlatforms(List<Fact> facts, JsonElement answer)
    {
        var expected = counter.Values(facts, "os");
        var platforms = answer.GetProperty("platforms").EnumerateArray().ToList();
        comparison.Exact(
            "platforms", "", string.Join(' ', expected.Keys.Order(StringComparer.Ordinal)),
            string.Join(' ', platforms.Select(platform => platform.GetProperty("os").GetString()).Order(StringComparer.Ordinal)));
        var last = long.MaxValue;
        foreach (var platform in platforms)
        {
            var os = platform.GetProperty("os").GetString()!;
            if (!expected.TryGetValue(os, out var own))
                continue;
            var installs = Count.Of(own).Installs;
            comparison.Exact("platform.installs", os, installs, platform.Long("installs"));
            comparison.Check(installs <= last, "platform.order", os, $"at most {last}", $"{installs}");
            last = installs;
            var versions = own.Where(fact => fact.Version is not null && VersionOrder.IsVersion(fact.Version))
                .GroupBy(fact => fact.Version!).ToDictionary(version => version.Key, Count.Of);
            var latest = versions.Keys.Max(VersionOrder.Comparer);
            comparison.Exact("platform.latest_version", os, latest, platform.GetProperty("latest_version").GetString());
            comparison.Time("platform.latest_seen", os, latest is null ? null : versions[latest].Last, platform.GetProperty("latest_seen"));
            var top = platform.GetProperty("top_version").GetString();
            var most = versions.Values.Select(count => (long?)count.Installs).Max();
            comparison.Check(
                top is null ? most is null : versions.GetValueOrDefault(top)?.Installs == most, "platform.top_version", os,
                $"{most} installs", top ?? "null");
        }
    }

    private void Optional(string figure, string place, long? expected, JsonElement release) =>
        comparison.Exact(figure, place, $"{expected}", $"{release.Long(figure)}");

    private void Near(string figure, string place, double? expected, double? actual, double error) =>
        comparison.Check(
            expected is null ? actual is null : actual is not null && Math.Abs(expected.Value - actual.Value) <= error, figure, place,
            $"{expected}", $"{actual}");

    private static double? RateOf(Count count) => count.Runs == 0 ? null : (double)count.Failures / count.Runs;

    /// <summary>The installs of each version in the seven days that end with a day.</summary>
    private sealed record Window(DateOnly Day, long All, Dictionary<string, HashSet<string>> Installs)
    {
        private HashSet<string>? _halves;

        public long InstallsOf(string version) => Installs.GetValueOrDefault(version)?.Count ?? 0;

        /// <summary>Whether installs used the version, and at least half of all installs used it or a later one.</summary>
        public bool IsHalf(string version) => (_halves ??= HalvesOf()).Contains(version);

        private HashSet<string> HalvesOf()
        {
            HashSet<string> halves = [];
            HashSet<string> later = [];
            foreach (var version in Installs.Keys.OrderDescending(VersionOrder.Comparer))
            {
                later.UnionWith(Installs[version]);
                if (later.Count * 2 >= All)
                    halves.Add(version);
            }

            return halves;
        }
    }
}
