using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>The oracle, counted by hand.</summary>
public sealed class EventCounterTests
{
    private static readonly DateOnly Friday = new(2026, 11, 20);
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Ledger _ledger = new();

    private EventCounter Counter => _ledger.Counter(isTest: false);

    [Fact]
    public void Events_installs_sessions_failures_and_runs_are_counted()
    {
        Send(
            Command("build", "a") with { Session = "1", Success = true },
            Command("build", "a") with { Session = "1", Success = false },
            Command("test", "b") with { Session = "2" },
            new SentEvent("error") { User = "b" },
            new SentEvent("error") { Success = false });

        var count = Counter.CountOf(Filter.None, Friday, Friday);

        Assert.Equal((5, 2, 2, 2, 2), (count.Events, count.Installs, count.Sessions, count.Failures, count.Errors));
        Assert.Equal(1 / 3.0, count.SuccessRate!.Value, 1e-9);
        Assert.Null(Counter.CountOf(new(Subject: "test"), Friday, Friday).SuccessRate);
    }

    [Fact]
    public void A_filter_selects_by_subject_type_version_and_actor()
    {
        _ledger.Receive(
            new SentBatch([Command("build", "a"), Command("test", "a"), new("log") { Subject = "build" }])
            {
                Version = "1.0", Machine = Machine.Unknown with { Ci = true },
            },
            Noon);
        Send(Command("build", "b"));

        Assert.Equal(3, Events(new(Subject: "build")));
        Assert.Equal(2, Events(new(Subject: "build", Type: "command_executed")));
        Assert.Equal(3, Events(new(Version: "1.0")));
        Assert.Equal(1, Events(new(Version: "(none)")));
        Assert.Equal(3, Events(new(Actor: "ci")));
        Assert.Equal(1, Events(new(Actor: "(none)")));
        Assert.Equal(0, Events(new(Actor: "human")));
        Assert.Equal(0, Events(new(Subject: "Build")));
    }

    [Fact]
    public void Values_include_none_and_add_up()
    {
        _ledger.Receive(new SentBatch([Command("build", "a")]) { Machine = Machine.Unknown with { Os = "Linux" } }, Noon);
        _ledger.Receive(new SentBatch([Command("build", "a")]) { Machine = Machine.Unknown with { Os = "linux" } }, Noon);
        Send(Command("build", "a"), new SentEvent("command_executed"), new SentEvent("log"));

        Assert.Equal("(none) 3, linux 2", Values("os"));
        Assert.Equal("(none) 1, build 3", Values("command"));
        Assert.Equal("command_executed 4, log 1", Values("event"));
    }

    [Fact]
    public void Each_value_of_a_metadata_key_counts_once_in_an_event()
    {
        Send(
            WithMetadata("""["x","y","x",7,1.5,null,["z"]]"""), WithMetadata("\"x\""), WithMetadata("true"), WithMetadata("1.0"),
            WithMetadata("\"\""), WithMetadata($"\"{new string('é', 64)}\""), WithMetadata($"\"{new string('é', 65)}\""));

        Assert.Equal($"(none) 2, 1.0 1, 1.5 1, 7 1, true 1, x 2, y 1, {new string('é', 64)} 1", Values("meta.flags"));

        static SentEvent WithMetadata(string value) => new("log") { Metadata = [new("flags", value)] };
    }

    [Fact]
    public void An_alias_renames_a_subject_in_filters_and_lists()
    {
        Send(Command("old", "a"), Command("new", "a"), Command("other", "a"));
        _ledger.Aliases = new Dictionary<string, string> { ["old"] = "new" };

        Assert.Equal("new 2, other 1", Values("command"));
        Assert.Equal(2, Events(new(Subject: "new")));
        Assert.Equal(2, Events(new(Subject: "old")));
    }

    [Fact]
    public void Percentiles_are_the_nearest_rank()
    {
        Send([.. Enumerable.Range(1, 20).Select(ms => Command("build", "a") with { DurationMs = ms })]);

        var count = Counter.CountOf(Filter.None, Friday, Friday);

        Assert.Equal((10, 19), (count.Percentile(50), count.Percentile(95)));
        Assert.Null(Count.Of([]).Percentile(50));
    }

    [Theory]
    [InlineData("hour", 72, "2026-11-18T00:00")]
    [InlineData("day", 3, "2026-11-18T00:00")]
    [InlineData("week", 1, "2026-11-16T00:00")]
    [InlineData("month", 1, "2026-11-01T00:00")]
    public void Intervals_cover_the_range(string interval, int count, string first)
    {
        var starts = EventCounter.Intervals(interval, Friday.AddDays(-2), Friday);

        Assert.Equal(count, starts.Count);
        Assert.Equal(first, $"{starts[0]:yyyy-MM-dd'T'HH:mm}");
    }

    [Fact]
    public void An_install_is_new_on_its_first_active_day_in_any_order()
    {
        Send(Command("build", "a"), Command("build", "b") with { At = Noon.AddDays(-1) });
        Send(Command("build", "a") with { At = Noon.AddDays(-2) }, Command("build", "b"));

        Assert.Equal(2, Counter.NewInstalls(Friday.AddDays(-9), Friday));
        Assert.Equal(1, Counter.NewInstalls(Friday.AddDays(-2), Friday.AddDays(-2)));
        Assert.Equal(1, Counter.NewInstalls(Friday.AddDays(-1), Friday.AddDays(-1)));
        Assert.Equal(0, Counter.NewInstalls(Friday, Friday));
    }

    private static SentEvent Command(string name, string user) => new("command_executed") { Subject = name, User = user };

    private void Send(params SentEvent[] events) => _ledger.Receive(new SentBatch(events), Noon);

    private long Events(Filter filter) => Counter.CountOf(filter, Friday, Friday).Events;

    private string Values(string by) => string.Join(
        ", ", Counter.Values(Filter.None, by, Friday, Friday).OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => $"{value.Key} {value.Value.Count}"));
}
