using System.Text.Json;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Core.Tests.Accounts;

/// <summary>A subject that was renamed is answered as if it had always had its new name.</summary>
public class AliasTests
{
    private static readonly Dictionary<string, string> Aliases = new() { ["build"] = "compile", ["make"] = "compile" };
    private static readonly StatsQuery All = new(DataEnvironment.Live, new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 3));

    public static TheoryData<string?, string?, string?> Filters => new()
    {
        { null, null, null }, { "compile", null, null }, { "build", null, null },
        { "compile", "command_executed", null }, { "test", "command_executed", null },
        { "compile", null, "1.0" }, { null, "command_executed", "1.0" }, { "compile", "feature_used", null },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void Results_equal_those_of_events_that_had_the_new_name_from_the_start(string? subject, string? type, string? version)
    {
        var query = All with { Subject = subject, Type = type, Version = version };
        var renamed = query with { Subject = subject is null ? null : Aliases.GetValueOrDefault(subject, subject) };
        var (sent, asIfRenamed) = (Rollups(name => name), Rollups(name => Aliases.GetValueOrDefault(name, name)));
        Assert.Equal(Answers(asIfRenamed, renamed), Answers(sent, query.With(Aliases)));
        // Without aliases, the results differ.
        if (subject == "compile" && type != "feature_used")
            Assert.NotEqual(Answers(asIfRenamed, renamed), Answers(sent, query));
    }

    [Fact]
    public void A_scan_looks_for_every_name_that_the_subject_had()
    {
        Assert.Equal(["compile", "build", "make"], (All with { Subject = "build" }).With(Aliases).SubjectNames());
        Assert.Equal(["test"], (All with { Subject = "test" }).With(Aliases).SubjectNames());
        Assert.Null(All.With(Aliases).SubjectNames());
        Assert.Equal(["build"], (All with { Subject = "build" }).SubjectNames());
    }

    private static string Answers(IReadOnlyDictionary<DateOnly, Rollup> days, StatsQuery query)
    {
        Assert.True(Dimension.TryParse("command", out var command));
        Assert.True(Dimension.TryParse("version", out var version));
        return JsonSerializer.Serialize(new object[]
        {
            Answer(new OverviewQuestion(query)), Answer(new TopQuestion(query, command, 10)), Answer(new TopQuestion(query, version, 10)),
            Answer(new SeriesQuestion(query, SeriesInterval.Day)), Answer(new UsersQuestion(query)),
        });

        TAnswer Answer<TAnswer>(StatsQuestion<TAnswer> question) => question.Compute(RollupSet.OfDays(question, days));
    }

    private static IReadOnlyDictionary<DateOnly, Rollup> Rollups(Func<string, string> nameOf)
    {
        var random = new Random(7);
        string[] names = ["build", "make", "compile", "test"];
        var batch = new EventBatch();
        for (var i = 0; i < 400; i++)
        {
            var second = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() + random.Next(3 * 86_400);
            batch.Add(
                Guid.CreateVersion7(),
                second * 1_000_000,
                random.Next(4) == 0 ? "feature_used" : "command_executed",
                nameOf(names[random.Next(names.Length)]),
                1 + random.Next(50),
                0,
                random.Next(2) == 0 ? "1.0" : "2.0",
                random.Next(3) > 0,
                random.Next(1_000),
                EventContext.None);
        }

        var days = new RollupsByDay();
        days.Add(batch);
        return days.Days;
    }
}
