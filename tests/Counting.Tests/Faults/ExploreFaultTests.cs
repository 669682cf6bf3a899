using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;
using TelemetryKit.Counting.Tests.Runs;

namespace TelemetryKit.Counting.Tests.Faults;

/// <summary>
/// The faults that the differential test found in the questions that are answered from events, each with its smallest history.
/// </summary>
public abstract class ExploreFaultTests(CountingServer server)
{
    private static readonly AskedRange[] Recent = [new(Days: 1), new(Days: 7)];

    [Fact]
    public async Task Events_without_a_subject_can_be_listed_and_exported()
    {
        var filter = new Filter(Subject: "(none)");
        var story = Begin("no subject").Send(new SentEvent("log"), Command("build", "a"));
        story.Ask(Recent, Of(Statistic.Events) with { Filter = filter }, Of(Statistic.Export) with { Filter = filter });
        await story.HoldsAsync();
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task An_answer_in_another_format_has_the_same_values(string format)
    {
        var story = Begin(format).Send(Command("build", "a"), Command("test", "b"));
        Statistic[] statistics =
        [
            Statistic.Overview, Statistic.Top, Statistic.Series, Statistic.Users, Statistic.Events, Statistic.Releases, Statistic.Retention,
            Statistic.Failures, Statistic.Export,
        ];
        story.Ask(Recent, [.. statistics.Select(statistic => Of(statistic) with { Format = format })]);
        await story.HoldsAsync();
    }

    [Fact]
    public async Task A_failure_with_several_exit_codes_is_one_failure()
    {
        var failed = Command("build", "a") with { Success = false, Metadata = [new("exit_code", """["1","2"]""")] };
        var story = Begin("exit codes").Send(failed, Command("build", "a"), failed with { Metadata = [] });
        story.Ask(Recent, Of(Statistic.Failures), Of(Statistic.Failures) with { Limit = 1 });
        await story.HoldsAsync();
    }

    [Fact]
    public async Task Versions_without_installs_are_not_what_half_of_the_installs_use()
    {
        var story = Begin("no installs").Send(new SentEvent("log"));
        story.Wait(TimeSpan.FromDays(10)).Ask(Recent, Of(Statistic.Releases)).Ask([new(Days: 30)], Of(Statistic.Releases));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task A_later_version_that_was_used_only_before_the_range_counts_in_the_windows_of_its_first_days()
    {
        var story = Begin("before the range");
        story.Send(Story.Complete([Command("build", "a"), Command("build", "b")]) with { Version = "1.3" });
        story.Wait(TimeSpan.FromDays(3)).Send(Story.Complete([Command("build", "c")]) with { Version = "1.2" });
        story.Wait(TimeSpan.FromDays(5)).Ask([new(Days: 6), new(Days: 5), new(Days: 1)], Of(Statistic.Releases));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task A_metadata_key_that_has_the_name_of_a_context_property_is_compared_with_case()
    {
        var story = Begin("case").Send(Command("build", "a") with { Metadata = [new("arch", "\"X64\"")] });
        story.Ask(
            Recent, Of(Statistic.Overview) with { Filter = Other("meta.arch", "X64") },
            Of(Statistic.Overview) with { Filter = Other("meta.arch", "x64") },
            Of(Statistic.Overview) with { Filter = Other("arch", "X64") });
        await story.HoldsAsync();
    }

    [Fact]
    public async Task An_error_whose_type_is_literally_none_has_its_subject_as_its_type()
    {
        var error = new SentEvent("error") { Subject = "IOException", Metadata = [new("error_type", "\"(none)\"")] };
        var story = Begin("error type").Send(error);
        story.Ask(
            Recent, Of(Statistic.Top) with { By = "error_type" },
            Of(Statistic.Overview) with { Filter = Other("error_type", "IOException") });
        await story.HoldsAsync();
    }

    [Fact]
    public async Task An_error_without_a_type_has_the_current_name_of_its_subject_as_its_type()
    {
        var error = new SentEvent("error") { Subject = "IOException", User = "a" };
        var story = Begin("renamed error").Send(error, error with { Subject = "NewException" }, error with { Subject = "(none)" });
        story.Send(error with { Metadata = [new("error_type", "\"IOException\"")] });
        Question[] questions =
        [
            Of(Statistic.Top) with { By = "error_type" }, Questions.Series("day") with { SeriesBy = "error_type" },
            Of(Statistic.Overview) with { Filter = Other("error_type", "NewException") },
            Of(Statistic.Overview) with { Filter = Other("error_type", "IOException") },
        ];
        // Counts are cached: an alias changes them.
        story.Ask(Recent, questions).Add(new SetAliases(story.Now, new Dictionary<string, string> { ["IOException"] = "NewException" }));
        story.Wait(TimeSpan.FromSeconds(5)).Ask(Recent, questions);
        await story.HoldsAsync();
    }

    [Fact]
    public async Task Releases_of_more_versions_than_are_compared_are_right()
    {
        var story = Begin("many versions");
        story.Send(new SentBatch([.. Enumerable.Range(0, 400).Select(i => Command("build", $"a{i}") with { Version = $"1.0.{i / 2}" })]));
        story.Wait(TimeSpan.FromDays(5));
        story.Send(new SentBatch([.. Enumerable.Range(0, 90).Select(i => Command("build", $"b{i}") with { Version = $"1.1.{i}" })]));
        story.Send(new SentBatch([Command("build", "c"), Command("build", "c") with { Version = "next" }]));
        Question[] questions = [Of(Statistic.Releases), Of(Statistic.Releases) with { Limit = 1_000 }];
        AskedRange[] ranges = [.. Recent, new(Days: 6), new(Days: 12)];
        story.Ask(ranges, questions).Wait(TimeSpan.FromDays(3)).Ask(ranges, questions);
        await story.HoldsAsync();
    }

    private static Question Of(Statistic statistic) => new(statistic, new AskedRange());

    private static Filter Other(string name, string value) => new() { Others = [(name, value)] };

    private static SentEvent Command(string name, string user) =>
        new("command_executed") { Subject = name, User = user, Success = true, DurationMs = 12 };

    private Story Begin(string name) => new(server, "explore " + name, new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));
}

/// <summary>On SQLite.</summary>
public sealed class SqliteExploreFaultTests(SqliteFixture fixture) : ExploreFaultTests(fixture.Server), IClassFixture<SqliteFixture>;

/// <summary>On PostgreSQL, with two replicas.</summary>
public sealed class PostgresExploreFaultTests(PostgresFixture fixture) : ExploreFaultTests(fixture.Server), IClassFixture<PostgresFixture>;
