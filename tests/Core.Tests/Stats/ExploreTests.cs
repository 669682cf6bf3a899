using System.Text;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Tests.Stats;

/// <summary>Counting of events by any filters and fields, with expectations computed by hand.</summary>
public sealed class ExploreTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    private static readonly EventContext Bash = StoredEvents.ParseContext(
        """{"os":"linux","os_version":"6.1","actor":"human","shell":"bash","terminal":true,"ci_name":"","cpus":8}""");

    private static readonly EventContext Ci = StoredEvents.ParseContext("""{"os":"linux","ci":true,"ci_name":"gitlab","terminal":false}""");

    private readonly EventBatch _events = new();

    [Theory]
    [InlineData("os_version", "6.1:2 (none):1")]
    [InlineData("shell", "bash:2 (none):1")]
    [InlineData("terminal", "true:2 false:1")]
    [InlineData("ci_name", "(none):2 gitlab:1")]
    [InlineData("actor", "human:2 ci:1")]
    [InlineData("agent", "(none):3")]
    [InlineData("version", "1.0:2 (none):1")]
    [InlineData("success", "true:1 false:1 (none):1")]
    [InlineData("exit_code", "(none):2 3:1")]
    [InlineData("meta.ratio", "(none):2 0.25:1")]
    [InlineData("meta.dry", "(none):2 true:1")]
    [InlineData("meta.flags", "--a:2 --b:1 (none):1")]
    [InlineData("subject", "build:2 (none):1")]
    [InlineData("command", "build:2")]
    public void Events_are_grouped_by_any_field(string field, string expected)
    {
        Add(install: 1, Bash, success: true, version: "1.0", metadata: """{"flags":["--b","--a","--a"],"ratio":0.25,"dry":true}""");
        Add(install: 2, Bash, success: false, version: "1.0", metadata: """{"flags":"--a","exit_code":3}""");
        Add(install: 3, Ci, type: "feature_used", subject: null);
        var query = Query();
        var merged = Count(query.Count(EventField.Of(field))).Merge(Day, Day);
        Assert.Equal(
            expected.Split(' ').Order(StringComparer.Ordinal),
            merged.Groups.Select(group => $"{group.Key.Text}:{group.Value.Events}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_filters_must_pass_and_no_value_is_a_filter()
    {
        Add(install: 1, Bash, version: "1.0", metadata: """{"flags":["--a","--b"]}""");
        Add(install: 2, Bash, version: "1.0", metadata: """{"flags":["--b"]}""");
        Add(install: 3, Bash, metadata: """{"flags":[]}""");
        Assert.Equal(1, Sum(("meta.flags", "--a"), ("version", "1.0")).Events);
        Assert.Equal(2, Sum(("meta.flags", "--b"), ("shell", "bash")).Events);
        Assert.Equal(0, Sum(("meta.flags", "--b"), ("shell", "zsh")).Events);
        Assert.Equal(1, Sum(("meta.flags", "(none)")).Events);
        Assert.Equal(1, Sum(("version", "(none)"), ("os", "linux")).Events);
    }

    [Fact]
    public void Installs_failures_and_durations_are_those_of_the_group()
    {
        for (var i = 1; i <= 20; i++)
            Add(install: i % 4, Bash, success: i > 5, duration: i * 10, second: i);
        var all = Sum(("command", "build"));
        // Install 0 is none.
        Assert.Equal((20, 5, 3), (all.Events, all.Failures, all.Installs.Count));
        Assert.Equal(0.75, all.SuccessRate());
        Assert.InRange(all.Milliseconds(0.5)!.Value, 99, 101);
        Assert.InRange(all.Milliseconds(0.95)!.Value, 188, 192);
        Assert.Equal((1, 20), (all.FirstSeen.Second, all.LastSeen.Second));
    }

    [Fact]
    public void The_installs_of_days_are_united()
    {
        for (var day = 0; day < 3; day++)
        {
            Add(install: 1, Bash, second: day * 86_400);
            Add(install: 10 + day, Bash, second: day * 86_400);
        }

        var tables = EventTables.Of(Query().Count(), [new(Day, Day.AddDays(2))], [_events]);
        Assert.Equal(4, tables.Sum(Day, Day.AddDays(2)).Installs.Count);
        Assert.Equal(3, tables.Sum(Day.AddDays(1), Day.AddDays(2)).Installs.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => tables.Sum(Day, Day.AddDays(3)));
    }

    [Fact]
    public void A_set_past_its_bound_is_an_estimate_that_says_so()
    {
        const int Installs = InstallBuilder.ExactSize + 1;
        for (var i = 1; i <= Installs; i++)
            Add(install: i, Bash);
        var sum = Sum();
        Assert.False(sum.Installs.IsExact);
        Assert.InRange(sum.Installs.Count / (double)Installs, 0.96, 1.04);
        Assert.Equal(new Accuracy(AccuracyKind.Estimate) { RelativeError = 0.0081 }, Estimates.AccuracyOf([sum]));
    }

    [Fact]
    public void Past_the_bound_the_most_frequent_groups_stay_within_their_interval()
    {
        var truth = new Dictionary<string, int>();
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            // One name in four is frequent.
            var name = random.Next(4) == 0 ? $"hot{random.Next(3)}" : $"rare{random.Next(5_000)}";
            truth[name] = truth.GetValueOrDefault(name) + 1;
            Add(install: 1, Bash, subject: name);
        }

        var merged = EventTables.Of(Query().Count(EventField.Of("subject")), [new(Day, Day)], [_events], bound: 16).Merge(Day, Day);
        Assert.Equal(20_000, merged.Total);
        Assert.Equal(16, merged.Groups.Count);
        Assert.True(merged.Floor > 0);
        foreach (var (key, totals) in merged.Groups)
            Assert.InRange(truth[key.First!], totals.Events, totals.EventsMax);
        foreach (var (name, events) in truth.Where(name => !merged.Groups.ContainsKey(new(name.Key))))
            Assert.True(events <= merged.Floor, $"{name} has {events} events.");
        for (var i = 0; i < 3; i++)
            Assert.Contains(new GroupKey($"hot{i}"), merged.Groups.Keys);
    }

    [Fact]
    public void Aliases_apply_to_filters_and_groups()
    {
        Add(install: 1, Bash, subject: "old");
        Add(install: 2, Bash, subject: "new");
        var query = Query().With(new Dictionary<string, string> { ["old"] = "new" });
        var merged = Count((query with { Subject = "new" }).Count(EventField.Of("subject"))).Merge(Day, Day);
        Assert.Equal(("new", 2L), (Assert.Single(merged.Groups).Key.Text, merged.Groups.Values.Single().Events));
        Assert.NotEqual(Query().Count(EventField.Of("subject")).Key, query.Count(EventField.Of("subject")).Key);
    }

    [Fact]
    public void Different_questions_have_different_keys()
    {
        string[] keys =
        [
            Key([], []), Key([], ["os"]), Key([("os", "linux")], []), Key([("os", "(none)")], []), Key([("meta.a", "b")], []),
            Key([("meta.ab", "")], []), Key([("meta.a", "b"), ("os", "linux")], []), Key([("os", "linux"), ("meta.a", "b")], ["os"]),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(Key([("meta.a", "b"), ("os", "linux")], []), Key([("os", "linux"), ("meta.a", "b")], []));

        static string Key((string Field, string Value)[] filters, string[] by) =>
            new EventCount([.. filters.Select(f => FieldFilter.Of(EventField.Of(f.Field), f.Value))], [.. by.Select(EventField.Of)]).Key;
    }

    [Theory]
    [InlineData("1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0")]
    [InlineData("nightly < 1.9 < v1.10 < 1.10.1+build < 2")]
    public void Versions_are_in_the_order_of_semantic_versions(string ascending)
    {
        var versions = ascending.Split(" < ");
        Assert.Equal(versions, versions.Reverse().Order(Comparer<string>.Create(SemanticVersion.Compare)));
    }

    [Theory]
    [InlineData("1.2.3", "1.2", "1")]
    [InlineData("v1.2", "1.2", "1")]
    [InlineData("1.2.0-rc.1", "1.2-prerelease", "1-prerelease")]
    [InlineData("nightly", "nightly", "nightly")]
    [InlineData(null, null, null)]
    public void Versions_are_grouped_and_prereleases_apart(string? version, string? minor, string? major)
    {
        Assert.Equal(minor, VersionGroups.Of(version, VersionGroup.Minor));
        Assert.Equal(major, VersionGroups.Of(version, VersionGroup.Major));
        Assert.Equal(version, VersionGroups.Of(version, VersionGroup.None));
    }

    private static StatsQuery Query() => new(DataEnvironment.Live, Day, Day);

    private EventTables Count(EventCount count) => EventTables.Of(count, [new DayRange(Day, Day)], [_events]);

    private GroupTotals Sum(params (string Field, string Value)[] filters)
    {
        var query = Query() with { Filters = [.. filters.Select(f => FieldFilter.Of(EventField.Of(f.Field), f.Value))] };
        return Count(query.Count()).Sum(Day, Day);
    }

    private void Add(
        long install,
        EventContext context,
        bool? success = null,
        string? version = null,
        string? metadata = null,
        string type = "command_executed",
        string? subject = "build",
        float duration = float.NaN,
        int second = 0)
    {
        if (metadata is not null)
            _events.AppendMetadata(Encoding.UTF8.GetBytes(metadata));
        var start = new DateTimeOffset(Day, default, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
        _events.Add(
            Guid.NewGuid(), start + (second * 1_000_000L), type, subject, install, 0, version, success, duration, context);
    }
}
