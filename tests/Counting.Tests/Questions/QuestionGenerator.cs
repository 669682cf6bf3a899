using TelemetryKit.Counting.Tests.Histories;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Generates questions: every statistic with every filter, range, interval and dimension.</summary>
/// <param name="choose">The choices.</param>
/// <param name="names">The names of the history.</param>
/// <param name="firstDay">The day on which the history starts.</param>
internal sealed class QuestionGenerator(Chooser choose, NamePools names, DateOnly firstDay)
{
    private const string None = "(none)";
    private const string Unknown = "never-sent";
    private const int QueryDays = 731;
    private static readonly string[] Dimensions =
    [
        "command", "feature", "method", "component", "event", "version", "os", "arch", "runtime", "actor", "sdk", "meta.flags",
        "meta.region",
    ];

    private static readonly string?[] Intervals = [null, "hour", "day", "week", "month"];
    private static readonly int[] Days = [1, 2, 7, 28, 30, 31, 40, 60, 90, 180, 365, QueryDays];

    private readonly Dictionary<(string Kind, string Stage), int> _asked = [];

    /// <summary>Returns a question: of a few, one whose kind was asked least often at the stage of the history.</summary>
    public Question Next(DateOnly today, string stage)
    {
        var question = Enumerable.Range(0, 3).Select(_ => Any(today)).MinBy(any => _asked.GetValueOrDefault((any.Kind, stage)))!;
        _asked[(question.Kind, stage)] = _asked.GetValueOrDefault((question.Kind, stage)) + 1;
        return question;
    }

    private Question Any(DateOnly today)
    {
        var statistic = choose.Below(10) switch
        {
            < 3 => Statistic.Overview,
            < 6 => Statistic.Top,
            < 8 => Statistic.Series,
            < 9 => Statistic.Users,
            _ => Statistic.Events,
        };
        var question = new Question(statistic, Range(today)) { IsTest = choose.Percent(15), Filter = SomeFilter() };
        if (statistic == Statistic.Top)
            question = question with { By = choose.Of(Dimensions), Limit = Limit() };
        if (statistic == Statistic.Series)
            question = question with { Interval = choose.Of(Intervals) };
        if (statistic == Statistic.Events)
            question = question with { Limit = Limit() };
        // A long series by the hour is 17,544 points: a few are enough.
        return question.Interval == "hour" && choose.Percent(90) ? question with { Range = new(Days: choose.Between(1, 9)) } : question;
    }

    private AskedRange Range(DateOnly today)
    {
        switch (choose.Below(10))
        {
            case 0:
                return new();
            case < 5:
                return new(Days: choose.Of(Days));
            case 5:
                return new(From: Earlier(today));
            case 6:
                var month = today.AddDays(1 - today.Day).AddMonths(-choose.Below(4));
                var last = month.AddMonths(choose.Between(1, 3)).AddDays(-1);
                return new(From: month, To: choose.Percent(40) ? last.AddDays(choose.Between(-1, 1)) : last);
            case 7:
                return new(To: today.AddDays(choose.Between(-40, 5)));
            default:
                var from = Earlier(today);
                return new(From: from, To: from.AddDays(choose.Below(choose.Percent(50) ? 10 : 120)));
        }
    }

    private DateOnly Earlier(DateOnly today)
    {
        var first = firstDay.AddDays(-choose.Below(40));
        var days = Math.Min(today.DayNumber - first.DayNumber, QueryDays - 1);
        return today.AddDays(-choose.Below(days + 1));
    }

    private Filter SomeFilter()
    {
        if (choose.Percent(40))
            return Filter.None;
        return new(
            Maybe(35) ? Name(names.Subjects) : null,
            Maybe(35) ? Name(names.Types) : null,
            Maybe(35) ? NameOrNone(names.Versions) : null,
            Maybe(35) ? NameOrNone(["human", "ci", "agent", "Human", "robot"]) : null);
    }

    private bool Maybe(int percent) => choose.Percent(percent);

    private string Name(IReadOnlyList<string> from) => choose.Percent(5) ? Unknown : choose.Skewed(from);

    private string NameOrNone(IReadOnlyList<string> from) => choose.Percent(8) ? None : Name(from);

    private int? Limit() => choose.Percent(40) ? null : choose.Of((int[])[1, 2, 3, 10, 1_000]);
}
