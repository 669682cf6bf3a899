using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;
using TelemetryKit.Counting.Tests.Runs;

namespace TelemetryKit.Counting.Tests.Faults;

/// <summary>The faults of the statistics that were found by counting. Each test is a history by hand.</summary>
public abstract class FaultTests(CountingServer server)
{
    private static readonly AskedRange Week = new(Days: 7);
    private static readonly AskedRange[] Recent = [new(Days: 1), Week];

    [Fact]
    public async Task W1_a_range_beside_folded_months_is_counted_by_days()
    {
        var story = Begin("W1", new(2025, 8, 2, 12, 0, 0, TimeSpan.Zero));
        for (var day = 0; day <= 156; day++)
            story.Send(Command("build", $"u{day}")).Wait(TimeSpan.FromDays(1));
        story.Upkeep().AskAll(new(Days: 40), new(Days: 60), new(Days: 90));
        story.Ask(
            [new(Days: 40), new(Days: 60), new(Days: 90), new(Days: 100)],
            Questions.Overview.Of(subject: "build"), Questions.Overview.Of(type: "command_executed"),
            Questions.Top("event").Of(subject: "build"));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W2_frequent_names_stay_past_the_bounds_of_a_day()
    {
        var story = Begin("W2");
        for (var i = 0; i < 400; i++)
            story.Send(Story.Complete([Command("build", "rare")]) with { Version = $"0.0.{i}" });
        for (var i = 0; i < 10; i++)
        {
            List<SentEvent> events = [.. Enumerable.Range(0, 100).Select(e => Command($"c{e % 8}", "often"))];
            story.Send(Story.Complete(events) with { Version = $"1.{i}.0" });
        }

        for (var i = 0; i < 10; i++)
            story.Send([.. Enumerable.Range(0, 1_000).Select(e => Of("method_called", $"m{i}-{e * 7919 % 100_003}"))]);
        story.AskAll(Recent);
        story.Ask(
            Recent, Questions.Top("method"), Questions.Top("meta.region"), Questions.Top("meta.region").Of(subject: "c0"),
            Questions.Overview.Of(version: "1.0.0"), Questions.Overview.Of(version: "1.0.0", actor: "human"),
            Questions.Overview.Of(version: "0.0.7"), Questions.Overview.Of(subject: "c0"), Questions.Overview.Of(subject: "build"));
        // Both are exact: a name that the summaries have lost is counted in the events.
        story.Ask(
            Recent, Questions.Overview.Of(subject: "m0-0"), Questions.Overview.Of(subject: "m9-7919", type: "method_called"),
            Questions.Overview.Of(subject: "never"), Questions.Users.Of(subject: "m3-7919"), Questions.Series("day").Of(subject: "m3-7919"),
            Questions.Series("month").Of(subject: "never"), Questions.Top("method").Of(subject: "m5-7919"));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W3_a_folded_month_keeps_a_version_of_each_of_its_days()
    {
        var story = Begin("W3", new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        for (var day = 1; day <= 30; day++)
        {
            story.Send(Story.Complete([.. Enumerable.Range(0, 20).Select(_ => Command("build", "me"))]) with { Version = "1.0.0" });
            for (var i = 0; i < 24; i++)
                story.Send(Story.Complete([Command("build", "me")]) with { Version = $"0.{day}.{i}" });
            story.Wait(TimeSpan.FromDays(1));
        }

        AskedRange[] ranges = [new(From: new(2026, 7, 1), To: new(2026, 7, 31)), new(From: new(2026, 7, 2), To: new(2026, 7, 31))];
        Question[] questions =
        [
            Questions.Overview.Of(version: "1.0.0"), Questions.Series("day").Of(version: "1.0.0"), Questions.Top("version"),
            Questions.Overview,
        ];
        story.Ask(ranges, questions).WaitUntil(new(2026, 9, 5, 0, 0, 0, TimeSpan.Zero)).Upkeep().Ask(ranges, questions);
        await story.HoldsAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task W4_an_install_is_new_on_its_first_active_day(bool folded, bool onReplica)
    {
        var story = Begin("W4");
        story.Send(Command("build", "a") with { At = Day(0) }, Command("build", "b") with { At = Day(-2) });
        Settle();
        story.Send(Command("build", "a") with { At = Day(-5) });
        Settle();
        story.Send(Command("build", "a") with { At = Day(-3) }, Command("build", "b") with { At = Day(-1) });
        Settle();
        story.Send(Command("build", "b") with { At = Day(-4) }, Command("build", "c") with { At = Day(-6) });
        Settle();
        await story.HoldsAsync();

        DateTimeOffset Day(int days) => new DateTimeOffset(2026, 11, 20, 3, 0, 0, TimeSpan.Zero).AddDays(days);

        void Settle()
        {
            if (folded)
                story.Upkeep();
            story.AskAll(Recent).OnReplica = onReplica && !story.OnReplica;
        }
    }

    [Fact]
    public async Task W5_a_success_rate_is_of_runs()
    {
        var story = Begin("W5");
        story.Send(
            Command("build", "me"), Command("build", "me") with { Success = false },
            Of("error", "InvalidOperation") with { User = "me" }, Of("error", "Handled") with { Success = true },
            Of("feature_used", "cache"), Of("feature_used", "cache") with { Success = false });
        story.AskAll(Recent);
        story.Ask(Recent, Questions.Overview.Of(type: "error"), Questions.Overview.Of(subject: "build"), Questions.Top("feature"));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W6_a_set_of_installs_has_one_number()
    {
        var story = Begin("W6");
        for (var i = 0; i < 6; i++)
            story.Send([.. Enumerable.Range(0, 1_000).Select(e => Command("build", $"u{i}-{e}"))]);

        story.AskAll(Recent);
        story.Ask(
            Recent, Questions.Overview.Of(version: "1.0"), Questions.Overview.Of(subject: "build"), Questions.Users.Of(actor: "human"));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W6_an_estimate_of_a_set_is_the_same_everywhere_and_says_its_error()
    {
        var story = Begin("W6 estimate");
        for (var i = 0; i < 70; i++)
            story.Send([.. Enumerable.Range(0, 1_000).Select(e => Command("build", $"u{i}-{e}"))]);
        story.Ask([new(Days: 1)], Questions.Overview, Questions.Users, Questions.Series("day"), Questions.Overview.Of(version: "1.0"));
        story.Ask([new(Days: 1)], Questions.Top("command"), Questions.Top("event"), Questions.Top("version"), Questions.Top("os"));
        // From the events.
        var filter = new Filter { Others = [("os", "linux")] };
        story.Ask([new(Days: 1)], Questions.Overview with { Filter = filter }, Questions.Users with { Filter = filter });
        story.Ask([new(Days: 1)], Questions.Top("shell"), Questions.Top("command") with { Filter = filter });

        var answers = await story.HoldsAsync();

        List<long?> installs =
        [
            answers[0].Long("installs"), answers[1].Long("daily"), answers[2].GetProperty("points")[0].Long("installs"),
            answers[3].Long("installs"), answers[8].Long("installs"), answers[9].Long("daily"),
            .. answers.Where(answer => answer.TryGetProperty("items", out _))
                .Select(answer => answer.GetProperty("items")[0].Long("installs")),
        ];
        Assert.Single(installs.Distinct());
    }

    [Theory]
    [InlineData(1.03124)]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.001517)]
    [InlineData(9.951)]
    [InlineData(1_015_625)]
    [InlineData(31_535_999_999)]
    public async Task W7_a_duration_is_within_one_percent(double milliseconds)
    {
        var story = Begin("W7");
        story.Send(Command("build", "me") with { DurationMs = milliseconds }).AskAll(Recent);
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W8_a_list_adds_up_and_has_an_operating_system_once()
    {
        var story = Begin("W8");
        foreach (var os in (string?[])["Linux", "linux", "LINUX", null])
            story.Send(new SentBatch([Command("build", os ?? "me")]) { Machine = new(os, os, os, os, false), Version = os, Sdk = os });
        var literally = new SentBatch([Command("build", "literally")]);
        story.Send(literally with { Version = "(none)", Machine = Machine.Unknown with { Actor = "(none)" } });
        story.AskAll(Recent);
        story.Ask(
            Recent, Questions.Overview.Of(version: "(none)"), Questions.Overview.Of(actor: "(none)"),
            Questions.Overview.Of(version: "(none)", actor: "(none)"), Questions.Top("os").Of(version: "(none)"),
            Questions.Top("arch"), Questions.Top("runtime"), Questions.Top("actor"), Questions.Top("sdk"),
            Questions.Top("version").Of(subject: "build"), Questions.Top("version").Of(actor: "(none)"));
        await story.HoldsAsync();
    }

    [Fact]
    public async Task W8_events_of_a_type_without_a_subject_are_listed()
    {
        var story = Begin("W8 subjects", new(2026, 7, 10, 12, 0, 0, TimeSpan.Zero));
        foreach (var type in (string[])["command_executed", "feature_used", "method_called", "component_rendered"])
        {
            var without = new SentEvent(type) { User = "a", Success = false, DurationMs = 40 };
            story.Send(without, without with { User = "b", Success = true }, Of(type, "x") with { User = "b" });
            story.Wait(TimeSpan.FromDays(1)).Send(without with { Subject = "(none)", User = "c", DurationMs = 2 }, Of(type, "(none)"));
            story.Wait(TimeSpan.FromDays(1)).Send(Of(type, "(none)") with { User = "c" });
        }

        Question[] questions = [.. ((string[])["command", "feature", "method", "component"]).SelectMany(by => (Question[])
        [
            Questions.Top(by), Questions.Top(by) with { Limit = 1 }, Questions.Top(by).Of(version: "1.0"),
            Questions.Top(by).Of(type: "feature_used"), Questions.Top(by).Of(subject: "(none)"), Questions.Top(by).Of(subject: "x"),
        ])];
        AskedRange[] ranges = [new(Days: 10), new(From: new(2026, 7, 1), To: new(2026, 7, 31)), new(From: new(2026, 7, 11))];
        story.Ask(ranges, questions).WaitUntil(new(2026, 9, 5, 0, 0, 0, TimeSpan.Zero)).Upkeep().Ask(ranges[1..], questions);
        await story.HoldsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R2_an_erased_install_that_comes_back_is_new(bool onReplica)
    {
        var story = Begin("R2");
        story.Send(Command("build", "a"), Command("build", "b")).AskAll(Recent);
        story.OnReplica = onReplica;
        story.Send(Command("build", "a")).Wait(TimeSpan.FromHours(30)).Erase("a");
        story.OnReplica = false;
        story.Send(Command("build", "a")).AskAll(Recent);
        story.OnReplica = true;
        story.Send(Command("build", "a")).AskAll(Recent);
        await story.HoldsAsync();
    }

    [Fact]
    public async Task R2_an_install_that_comes_back_after_a_reset_is_new()
    {
        var story = Begin("R2 reset");
        var batch = Story.Complete([Command("build", "a")]) with { IsTest = true };
        Question[] questions = [Questions.Overview with { IsTest = true }, Questions.Users with { IsTest = true }];
        story.Send(batch).Ask(Recent, questions).Add(new ResetTest(story.Now)).Send(batch).Ask(Recent, questions);
        await story.HoldsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task W16_an_erased_install_leaves_folded_months_at_once(bool onReplica)
    {
        var story = Begin("W16", new(2026, 7, 10, 12, 0, 0, TimeSpan.Zero));
        story.Send(Command("build", "a"), Command("build", "b"), Command("test", "b"));
        story.WaitUntil(new(2026, 9, 20, 0, 0, 0, TimeSpan.Zero)).Upkeep();
        AskedRange[] ranges = [new(Days: 90), new(From: new(2026, 7, 1), To: new(2026, 7, 31)), new(Days: 365)];
        story.AskAll(ranges);
        story.OnReplica = onReplica;
        story.Erase("b");
        story.OnReplica = false;
        story.AskAll(ranges).Upkeep().AskAll(ranges);
        await story.HoldsAsync();
    }

    private static SentEvent Of(string type, string subject) => new(type) { Subject = subject };

    private static SentEvent Command(string name, string user) => Of("command_executed", name) with
    {
        User = user, Session = user, Success = true, Metadata = [new("region", "\"eu\"")],
    };

    private Story Begin(string name) => Begin(name, new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));

    private Story Begin(string name, DateTimeOffset start) => new(server, name, start);
}

/// <summary>On SQLite.</summary>
public sealed class SqliteFaultTests(SqliteFixture fixture) : FaultTests(fixture.Server), IClassFixture<SqliteFixture>;

/// <summary>On PostgreSQL, with two replicas.</summary>
public sealed class PostgresFaultTests(PostgresFixture fixture) : FaultTests(fixture.Server), IClassFixture<PostgresFixture>;
