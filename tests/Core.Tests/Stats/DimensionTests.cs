using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Core.Tests.Stats;

public sealed class DimensionTests
{
    private static readonly StatsQuery All = new(DataEnvironment.Live, new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 30));

    [Theory]
    [InlineData("command")]
    [InlineData("event")]
    [InlineData("os")]
    [InlineData("meta.target")]
    [InlineData("meta.a.b")]
    public void Names_of_the_protocol_are_dimensions(string by)
    {
        Assert.True(Dimension.TryParse(by, out var dimension));
        Assert.Equal(by, dimension.Name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Command")]
    [InlineData("meta.")]
    [InlineData("meta")]
    [InlineData("install")]
    public void Other_names_are_no_dimensions(string? by) => Assert.False(Dimension.TryParse(by, out _));

    [Theory]
    [InlineData("command", true, true, false, false)]
    [InlineData("event", true, true, false, false)]
    [InlineData("version", true, false, true, false)]
    [InlineData("actor", true, false, false, true)]
    [InlineData("os", true, false, false, false)]
    [InlineData("subject", false, false, false, false)]
    [InlineData("os_version", false, false, false, false)]
    [InlineData("exit_code", false, false, false, false)]
    [InlineData("meta.target", false, false, false, false)]
    public void Lists_of_which_rollups_do_not_keep_all_figures_are_computed_from_events(
        string by, bool unfiltered, bool bySubject, bool byVersion, bool byActor)
    {
        Assert.True(Dimension.TryParse(by, out var dimension));
        Assert.Equal(unfiltered, new TopQuestion(All, dimension, 10).IsKeptInRollups);
        Assert.Equal(bySubject, new TopQuestion(All with { Type = "log", Subject = "x" }, dimension, 10).IsKeptInRollups);
        Assert.Equal(byVersion, new TopQuestion(All with { Version = "1" }, dimension, 10).IsKeptInRollups);
        Assert.Equal(byActor, new TopQuestion(All with { Actor = "ci" }, dimension, 10).IsKeptInRollups);
        Assert.False(new TopQuestion(All with { Version = "1", Actor = "ci" }, dimension, 10).IsKeptInRollups);
        Assert.False(new TopQuestion(All with { Version = "(none)" }, dimension, 10).IsKeptInRollups);
        Assert.False(new TopQuestion(All with { Filters = [new(EventField.Of("shell"), "bash")] }, dimension, 10).IsKeptInRollups);
    }

    [Fact]
    public void The_days_of_a_question_include_all_days_of_its_answer()
    {
        var week = All with { From = new DateOnly(2026, 11, 24) };
        Assert.Equal(new DayRange(new DateOnly(2026, 11, 17), week.To), new OverviewQuestion(week).Days);
        Assert.Equal(new DayRange(week.From, week.To), new SeriesQuestion(week, SeriesInterval.Day).Days);
        Assert.Equal(new DayRange(new DateOnly(2026, 11, 1), week.To), new UsersQuestion(week).Days);
        var quarter = All with { From = new DateOnly(2026, 9, 1) };
        Assert.Equal(new DayRange(quarter.From, quarter.To), new UsersQuestion(quarter).Days);
    }

    [Fact]
    public void Computing_an_answer_from_rollups_without_the_data_throws()
    {
        var question = new OverviewQuestion(All with { Version = "1", Actor = "ci" });
        var none = RollupSet.OfDays(question, new Dictionary<DateOnly, Core.Counters.Rollup>());
        Assert.False(question.IsKeptInRollups);
        Assert.Throws<ArgumentException>(() => question.Compute(none));
    }
}
