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
        "meta.region", "type", "subject", "os_version", "agent", "ci_name", "shell", "terminal", "exit_code", "error_type", "success",
        "meta.arch",
    ];

    // Those that only the events have.
    private static readonly string[] OtherFields =
    [
        "os", "os_version", "arch", "runtime", "sdk", "agent", "ci_name", "shell", "terminal", "exit_code", "error_type", "success",
        "meta.flags", "meta.region", "meta.exit_code", "meta.arch",
    ];

    private static readonly string[] VersionGroups =
        ["1.2.x", "1.x", "1.2.x-prerelease", "2.x-prerelease", "v3.1.x", "1.0.x", "01.x", "7.x", "1.3.X", "x", "1.2.3.x"];

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
        var statistic = choose.Below(40) switch
        {
            < 9 => Statistic.Overview,
            < 20 => Statistic.Top,
            < 28 => Statistic.Series,
            < 31 => Statistic.Users,
            < 33 => Statistic.Events,
            < 34 => Statistic.Export,
            < 35 => Statistic.Retention,
            < 36 => Statistic.Deprecation,
            < 38 => Statistic.Failures,
            _ => Statistic.Releases,
        };
        var question = new Question(statistic, Range(today))
        {
            IsTest = choose.Percent(15), Filter = SomeFilter(), Format = choose.Percent(5) ? choose.Of((string[])["csv", "ndjson"]) : null,
        };
        question = statistic switch
        {
            Statistic.Overview => question with { Compared = Compared(today) },
            Statistic.Top => WithOptions(question with { By = choose.Of(Dimensions), Limit = Limit() }, today),
            Statistic.Series => SomeSeries(question),
            Statistic.Deprecation => SomeDeprecation(question, today),
            _ => question,
        };
        if (statistic is Statistic.Events or Statistic.Failures or Statistic.Releases)
            question = question with { Limit = Limit() };
        // A long series by the hour is 17,544 points: a few are enough.
        return question.Interval == "hour" && choose.Percent(90) ? question with { Range = new(Days: choose.Between(1, 9)) } : question;
    }

    private Question WithOptions(Question top, DateOnly today)
    {
        if (top.By == "version" && choose.Percent(30))
            top = top with { Group = choose.Of((string[])["minor", "major"]) };
        if (top.By.StartsWith("meta.", StringComparison.Ordinal) && choose.Percent(30))
            top = top with { Combinations = true };
        if (top.Group is null && choose.Percent(10))
            return top with { Unused = true };
        return top with { Compared = Compared(today) };
    }

    private Question SomeSeries(Question series)
    {
        series = series with { Interval = choose.Of(Intervals) };
        if (choose.Percent(50))
            return series;
        series = series with { SeriesBy = choose.Of(Dimensions), Limit = choose.Percent(40) ? null : choose.Of((int[])[1, 2, 50]) };
        return series.SeriesBy == "version" && choose.Percent(40)
            ? series with { Group = choose.Of((string[])["minor", "major"]) }
            : series;
    }

    private Question SomeDeprecation(Question question, DateOnly today)
    {
        var filter = question.Filter;
        var isNamed = filter is not { Subject: null, Type: null, Version: null }
            || filter.Others.Any(other => other.Name.StartsWith("meta.", StringComparison.Ordinal));
        if (!isNamed)
            filter = filter with { Subject = Name(names.Subjects) };
        return question with
        {
            Range = choose.Percent(60) ? new() : new(To: today.AddDays(-choose.Below(100))),
            Filter = filter,
            Thresholds = choose.Percent(30)
                ? null
                : (choose.Of((int[])[0, 1, 10, 50, 100]), choose.Of((int[])[0, 1, 5, 20]), choose.Of((int[])[0, 1, 10, 90])),
        };
    }

    private AskedRange? Compared(DateOnly today)
    {
        if (choose.Percent(80))
            return null;
        var from = Earlier(today);
        return new(From: from, To: from.AddDays(choose.Below(60)));
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
        if (choose.Percent(35))
            return Filter.None;
        var filter = new Filter(
            Maybe(35) ? NameOrNone(names.Subjects) : null,
            Maybe(35) ? Name(names.Types) : null,
            Maybe(35) ? VersionOrGroup() : null,
            Maybe(35) ? NameOrNone(["human", "ci", "agent", "Human", "robot"]) : null);
        // A parameter's name is compared without case, so one of these may not be given twice.
        if (Maybe(45))
            return filter;
        var others = Enumerable.Range(0, choose.Between(1, 2)).Select(_ => Other()).DistinctBy(other => other.Name);
        filter = filter with { Others = [.. others] };
        return choose.Percent(30) ? filter with { Others = [.. filter.Others, Excluded()] } : filter;
    }

    private (string Name, string Value) Excluded()
    {
        var (name, value) = choose.Below(6) switch
        {
            0 => ("subject", NameOrNone(names.Subjects)),
            1 => ("type", Name(names.Types)),
            2 => ("version", VersionOrGroup()),
            3 => ("actor", NameOrNone(["human", "ci", "agent", "Human", "robot"])),
            _ => Other(),
        };
        return ("not." + name, value);
    }

    private (string Name, string Value) Other()
    {
        var name = choose.Percent(10)
            ? "meta." + choose.Of(names.MetadataKeys.Where(key => key != "Flags").ToList())
            : choose.Of(OtherFields);
        return (name, NameOrNone(name switch
        {
            "os" => ["linux", "windows", "macos", "LINUX", "Windows", "freebsd"],
            "os_version" => ["6.1", "22.04", "10.0.19045.2"],
            "arch" or "meta.arch" => ["x64", "arm64", "X64"],
            "runtime" => ["dotnet 8", "dotnet 9", "dotnet 10", "DotNet 10"],
            "sdk" => names.Sdks,
            "agent" => ["claude-code", "cursor"],
            "ci_name" => ["github-actions", "gitlab"],
            "shell" => ["bash", "zsh", "Bash"],
            "terminal" or "success" => ["true", "false"],
            "exit_code" or "meta.exit_code" => ["0", "1", "2", "3", "true", "1.5", .. names.MetadataValues.Take(2)],
            _ => Any(names.MetadataValues),
        }));

        IReadOnlyList<string> Any(IReadOnlyList<string> texts) => choose.Percent(20) ? ["true", "false", "1.5", "1", "-3"] : texts;
    }

    // Some versions that are sent have the text of a group.
    private string VersionOrGroup() => choose.Percent(30) ? choose.Of(VersionGroups) : NameOrNone(names.Versions);

    private bool Maybe(int percent) => choose.Percent(percent);

    private string Name(IReadOnlyList<string> from) => choose.Percent(5) ? Unknown : choose.Skewed(from);

    private string NameOrNone(IReadOnlyList<string> from) => choose.Percent(8) ? None : Name(from);

    private int? Limit() => choose.Percent(40) ? null : choose.Of((int[])[1, 2, 3, 10, 1_000]);
}
