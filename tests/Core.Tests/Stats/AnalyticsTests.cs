using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Deprecation;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Releases;
using TelemetryKit.Core.Stats.Retention;

namespace TelemetryKit.Core.Tests.Stats;

/// <summary>Releases, retention and deprecation, with expectations computed by hand.</summary>
public sealed class AnalyticsTests
{
    // A Monday.
    private static readonly DateOnly First = new(2026, 6, 1);

    private readonly EventBatch _events = new();

    [Fact]
    public void The_test_of_two_proportions_equals_a_worked_example()
    {
        // 58 of 200 and 42 of 200: p = 0.25, z = 0.08 ÷ √(0.25 · 0.75 · 0.01) = 1.8475, two-sided p = 0.0647.
        var (z, p) = ProportionTest.Compare(58, 200, 42, 200)!.Value;
        Assert.Equal(1.8475, z, 4);
        Assert.Equal(0.0647, p, 4);
        Assert.Equal(-1.8475, ProportionTest.Compare(42, 200, 58, 200)!.Value.Z, 4);
        Assert.Null(ProportionTest.Compare(4, 200, 42, 200));
        Assert.Null(ProportionTest.Compare(20, 20, 42, 200));
    }

    [Fact]
    public void Releases_have_their_adoption_and_are_compared_with_the_release_before()
    {
        // Ten installs use 1.0 on the first 10 days. Then installs 1 to 6 move to 1.1, and installs 7 to 10 stay.
        for (var day = 0; day < 30; day++)
        {
            for (var install = 1; install <= 10; install++)
            {
                var version = day >= 10 && install <= 6 ? "1.1.0" : "1.0.0";
                Add(day, install, version, success: version == "1.0.0" ? install != 1 : install > 3);
            }
        }

        Add(12, 11, "2.0.0-rc.1", success: true);
        var answer = Ask(new ReleasesQuestion(Query(30), 10));
        Assert.Equal((10, "1.1.0"), (answer.ActiveInstalls, answer.HalfVersion));
        Assert.Equal(["2.0.0-rc.1", "1.1.0", "1.0.0"], answer.Releases.Select(release => release.Version));
        Assert.True(answer.Releases[0].Prerelease);
        var (current, before) = (answer.Releases[1], answer.Releases[2]);
        Assert.Equal((6, 6, 0.6), (current.Installs, current.ActiveInstalls, current.Adoption));
        Assert.Equal((10, 4, 0.4), (before.Installs, before.ActiveInstalls, before.Adoption));
        // On the day of the update six of ten installs have used it: the install of the prerelease comes two days later.
        Assert.Equal((0, 0), (current.DaysToHalf, before.DaysToHalf));
        // 1.0 had 10 installs in a window first on day 0, and 4 (at most half) on day 16, whose window begins on day 10.
        Assert.Equal(16, before.HalfLifeDays);
        Assert.Null(current.HalfLifeDays);
        // 1.1 fails in 3 of 6 runs: 60 of 120. 1.0 fails in 10 of 180.
        Assert.Equal((120, 0.5), (current.Runs, current.FailureRate));
        Assert.Equal((180, 0.0556), (before.Runs, before.FailureRate));
        Assert.Equal(("1.0.0", 0.0556, 0.4444, true), (
            current.Before.Version, current.Before.FailureRate, current.Before.Difference, current.Before.Significant));
        // Pooled 70 of 300: z = (0.5 − 0.05556) ÷ √(0.23333 · 0.76667 · (1 ÷ 120 + 1 ÷ 180)).
        Assert.Equal(8.92, current.Before.Z);
        Assert.Null(before.Before.Version);
        Assert.Equal("1.1.0", answer.Releases[0].Before.Version);
        Assert.Null(answer.Releases[0].Before.Significant);
        var platform = Assert.Single(answer.Platforms);
        Assert.Equal(("linux", "2.0.0-rc.1", "1.0.0", 11), (platform.Os, platform.LatestVersion, platform.TopVersion, platform.Installs));
        Assert.Equal(Accuracy.Exact, answer.Accuracy);
    }

    [Fact]
    public void Retention_follows_each_week_of_first_use()
    {
        // Week 0: installs 1, 2, 3; week 1: 1, 2 again and 4 new; week 2: 1 and 4.
        foreach (var (week, install) in new[] { (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 4), (2, 1), (2, 4), (2, 4) })
            Add((week * 7) + (install % 7), install, "1.0.0");
        var answer = Ask(new RetentionQuestion(Query(21)));
        Assert.Equal(
            ["2026-06-01 3: 3 2 1", "2026-06-08 1: 1 1", "2026-06-15 0: 0"],
            answer.Cohorts!.Select(cohort =>
                $"{cohort.Week:yyyy-MM-dd} {cohort.Installs}: {string.Join(' ', cohort.Weeks.Select(w => w.Active))}"));
        Assert.Equal([1, 0.6667, 0.3333], answer.Cohorts![0].Weeks.Select(week => week.Share));
        Assert.Null(answer.Cohorts[2].Weeks[0].Share);
        Assert.Equal(Accuracy.Exact, answer.Accuracy);

        // An install that was active before the range is not new in it.
        var later = Ask(new RetentionQuestion(Query(21) with { From = First.AddDays(7) }));
        Assert.Equal([1L, 0], later.Cohorts!.Select(cohort => cohort.Installs));
        Assert.Equal(0UL, RetentionQuestion.MaskOf(RetentionQuestion.ComparedInstalls));
        Assert.Equal(3UL, RetentionQuestion.MaskOf(RetentionQuestion.ComparedInstalls * 3));
    }

    [Fact]
    public void Deprecation_divides_the_installs_of_a_flag_by_the_active_ones()
    {
        // Installs 1 to 100 are active every ten days. Installs 1 to 20 used the flag to day 40, and install 1, a build server, later.
        for (var day = 0; day < 90; day += 10)
        {
            for (var install = 1; install <= 100; install++)
            {
                var uses = (install <= 20 && day <= 40) || (install == 1 && day == 70);
                Add(day, install, install <= 20 ? "1.0.0" : "2.0.0", uses ? """{"flags":["--legacy"]}""" : null, install == 1 ? Ci : Human);
            }
        }

        var query = Query(90);
        var target = query with { Filters = [FieldFilter.Of(EventField.Of("meta.flags"), "--legacy")] };
        var answer = Ask(new DeprecationQuestion(query, target, new(MaxPercent: 20, MinInstalls: 100, MinDays: 30)));
        Assert.Equal(DeprecationVerdict.Removable, answer.Verdict);
        Assert.Equal((100, 20, 0.2), (answer.Last90.ActiveInstalls, answer.Last90.Installs, answer.Last90.Share));
        // Days 60 to 89: install 1. Days 30 to 59: all 20.
        Assert.Equal((100, 1, 0.01), (answer.Last30.ActiveInstalls, answer.Last30.Installs, answer.Last30.Share));
        Assert.Equal((20, -0.19), (answer.Before30.Installs, answer.Trend));
        Assert.Equal((99, 19), (answer.People.ActiveInstalls, answer.People.Installs));
        Assert.Equal([("human", 99L, 19L), ("ci", 1L, 1L)], answer.Actors.Select(a => (a.Actor, a.ActiveInstalls, a.Installs)));
        Assert.Equal([("1.0.0", 20L, 101L)], answer.Versions.Select(v => (v.Version, v.Installs, v.Events)));
        Assert.Equal(First.AddDays(70), DateOnly.FromDateTime(answer.LastSeen!.Value.UtcDateTime));
        Assert.Equal(First.AddDays(40), DateOnly.FromDateTime(answer.LastSeenByPeople!.Value.UtcDateTime));
        Assert.Equal(First, answer.NewestFirstUse);
        Assert.Equal((90, 13), (answer.ObservedDays, answer.Weeks.Count));
        Assert.Equal((First.AddDays(83), First.AddDays(89)), (answer.Weeks[^1].From, answer.Weeks[^1].To));
        Assert.Equal(Accuracy.Exact, answer.Accuracy);
    }

    [Theory]
    [InlineData(1, 100, 30, 100, 1, 30, DeprecationVerdict.Removable)]
    [InlineData(1, 100, 30, 100, 2, 30, DeprecationVerdict.InUse)]
    [InlineData(0, 100, 30, 100, 1, 30, DeprecationVerdict.InUse)]
    [InlineData(0, 100, 30, 100, 0, 30, DeprecationVerdict.Removable)]
    [InlineData(1, 100, 30, 99, 0, 30, DeprecationVerdict.Unknown)]
    [InlineData(1, 100, 30, 100, 0, 29, DeprecationVerdict.Unknown)]
    [InlineData(1, 0, 0, 0, 0, 0, DeprecationVerdict.Unknown)]
    public void The_verdict_follows_the_thresholds(
        int maxPercent, int minInstalls, int minDays, long active, long installs, int days, DeprecationVerdict expected) =>
        Assert.Equal(expected, new DeprecationThresholds(maxPercent, minInstalls, minDays).Judge(active, installs, days));

    private static readonly EventContext Human = StoredEvents.ParseContext("""{"os":"linux","actor":"human"}""");
    private static readonly EventContext Ci = StoredEvents.ParseContext("""{"os":"linux","actor":"ci"}""");

    private static StatsQuery Query(int days) => new(DataEnvironment.Live, First, First.AddDays(days - 1));

    [Fact]
    public void Deprecation_counts_the_installs_of_more_actors_than_a_day_keeps()
    {
        var actors = EventCounter.GroupsPerDay + 500;
        for (var install = 1; install <= actors; install++)
        {
            var context = StoredEvents.ParseContext(FormattableString.Invariant($$"""{"actor":"actor {{install}}"}"""));
            Add(0, install, "1.0.0", install % 2 == 0 ? """{"flags":["--legacy"]}""" : null, context);
            Add(40, install, "1.0.0", null, context);
        }

        var query = Query(90);
        var target = query with { Filters = [FieldFilter.Of(EventField.Of("meta.flags"), "--legacy")] };
        var answer = Ask(new DeprecationQuestion(query, target, new(MaxPercent: 1, MinInstalls: 100, MinDays: 30)));
        Assert.Equal((actors, actors / 2, 0.5), (answer.Last90.ActiveInstalls, answer.Last90.Installs, answer.Last90.Share));
        Assert.Equal(actors, answer.Before30.ActiveInstalls);
        Assert.Equal(AccuracyKind.Truncated, answer.Accuracy.Kind);
    }

    [Fact]
    public void Releases_count_the_active_installs_of_more_versions_than_a_day_keeps()
    {
        var installs = EventCounter.GroupsPerDay + 500;
        for (var install = 1; install <= installs; install++)
            Add(29, install, $"1.0.{install}");
        var answer = Ask(new ReleasesQuestion(Query(30), 10));
        Assert.Equal(installs, answer.ActiveInstalls);
        Assert.Equal(AccuracyKind.Truncated, answer.Accuracy.Kind);
    }

    [Fact]
    public void Half_of_the_installs_is_found_among_more_versions_than_are_compared()
    {
        // The 200 versions with the most events were in use on the first day only; then each of 60 later ones has an event.
        for (var i = 0; i < 200; i++)
        {
            Add(0, i + 1, $"1.0.{i}");
            Add(0, i + 1, $"1.0.{i}");
        }

        for (var i = 200; i < 260; i++)
            Add(29, i + 1, $"1.0.{i}");
        Add(0, 1, "next");
        var answer = Ask(new ReleasesQuestion(Query(30), 1_000));
        Assert.Equal((60, "1.0.230"), (answer.ActiveInstalls, answer.HalfVersion));
        Assert.Equal(("1.0.199", 200), (answer.Releases[0].Version, answer.Releases.Count));
        Assert.Equal((0, null), (DaysToHalf("1.0.100"), DaysToHalf("1.0.101")));
        // The events of versions that aren't compared, or that have no order.
        Assert.Equal(61, answer.Other);
        Assert.Equal(new Accuracy(AccuracyKind.Truncated) { UnlistedMax = 1 }, answer.Accuracy);

        int? DaysToHalf(string version) => answer.Releases.Single(release => release.Version == version).DaysToHalf;
    }

    [Fact]
    public void A_release_is_compared_with_the_release_before_even_if_that_has_few_events()
    {
        for (var i = 0; i < 202; i++)
        {
            for (var n = 0; n < (i == 100 ? 1 : 2); n++)
                Add(29, 1, $"1.0.{i}");
        }

        var answer = Ask(new ReleasesQuestion(Query(30), 1_000));
        Assert.Equal("1.0.100", answer.Releases.Single(release => release.Version == "1.0.101").Before.Version);
        Assert.DoesNotContain("1.0.100", answer.Releases.Select(release => release.Version));
    }

    [Fact]
    public void Days_to_half_are_not_known_if_a_day_may_have_later_versions_that_were_not_kept()
    {
        for (var install = 1; install <= 2 * EventCounter.GroupsPerDay; install++)
            Add(0, install, $"1.1.{install}");
        for (var install = 1; install <= 3 * EventCounter.GroupsPerDay; install++)
            Add(0, install, "1.0.0");
        Add(20, 1, "1.0.0");
        var answer = Ask(new ReleasesQuestion(Query(22), 1_000));
        Assert.Equal("1.0.0", answer.HalfVersion);
        Assert.Equal(0, answer.Releases.Single(release => release.Version == "1.0.0").DaysToHalf);
        Assert.All(answer.Releases, release => Assert.True(release.Version == "1.0.0" || release.DaysToHalf is null));
        Assert.Null(Ask(new ReleasesQuestion(Query(5), 10)).HalfVersion);
    }

    [Fact]
    public void Active_installs_and_platforms_are_estimates_if_all_versions_together_have_too_many_installs()
    {
        for (var install = 1; install <= 70_000; install++)
            Add(29, install, $"1.{install % 2}.0");
        var answer = Ask(new ReleasesQuestion(Query(30), 10));
        Assert.Equal([35_000L, 35_000L], answer.Releases.Select(release => release.Installs));
        Assert.InRange(answer.ActiveInstalls, 70_000 * 0.97, 70_000 * 1.03);
        Assert.Equal(answer.ActiveInstalls, Assert.Single(answer.Platforms).Installs);
        Assert.Equal(new Accuracy(AccuracyKind.Estimate) { RelativeError = 0.0081 }, answer.Accuracy);
    }

    private TAnswer Ask<TAnswer>(EventQuestion<TAnswer> question) =>
        question.Compute([.. question.Counts.Select(count => EventTables.Of(count, question.Ranges, [_events]))]);

    private void Add(int day, long install, string version, string? metadata = null, EventContext? context = null, bool? success = null)
    {
        if (metadata is not null)
            _events.AppendMetadata(System.Text.Encoding.UTF8.GetBytes(metadata));
        var time = new DateTimeOffset(First.AddDays(day), new TimeOnly(12, 0), TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
        _events.Add(Guid.NewGuid(), time, "command_executed", "build", install, 0, version, success, float.NaN, context ?? Human);
    }
}
