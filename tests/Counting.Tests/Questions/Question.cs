using System.Globalization;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>The routes that are asked.</summary>
public enum Statistic
{
    Overview,
    Top,
    Series,
    Users,
    Events,
    Releases,
    Retention,
    Failures,
    Deprecation,

    /// <summary>The export of events.</summary>
    Export,
}

/// <summary>A range of days: up to today, or from one day to another.</summary>
/// <param name="Days">The parameter <c>days</c>.</param>
/// <param name="From">The parameter <c>from</c>.</param>
/// <param name="To">The parameter <c>to</c>.</param>
public sealed record AskedRange(int? Days = null, DateOnly? From = null, DateOnly? To = null)
{
    private const int DefaultDays = 30;

    /// <summary>Returns the days, both inclusive.</summary>
    public (DateOnly From, DateOnly To) On(DateOnly today)
    {
        var to = To ?? today;
        return (From ?? to.AddDays(1 - (Days ?? DefaultDays)), to);
    }
}

/// <summary>The filters of a question; <c>null</c> doesn't restrict.</summary>
public sealed record Filter(string? Subject = null, string? Type = null, string? Version = null, string? Actor = null)
{
    public static readonly Filter None = new();

    /// <summary>The other filters: names of parameters, such as <c>shell</c> and <c>meta.flags</c>, and values.</summary>
    public IReadOnlyList<(string Name, string Value)> Others { get; init; } = [];

    public bool IsNone => !All.Any();

    /// <summary>All filters.</summary>
    public IEnumerable<(string Name, string Value)> All
    {
        get
        {
            foreach (var (name, value) in new[] { ("subject", Subject), ("type", Type), ("version", Version), ("actor", Actor) })
            {
                if (value is not null)
                    yield return (name, value);
            }

            foreach (var other in Others)
                yield return other;
        }
    }
}

/// <summary>A question about a project's events.</summary>
public sealed record Question(Statistic Statistic, AskedRange Range)
{
    public bool IsTest { get; init; }

    public Filter Filter { get; init; } = Filter.None;

    /// <summary>The dimension of a top list.</summary>
    public string By { get; init; } = "command";

    /// <summary>The dimension of a series; <c>null</c> for none.</summary>
    public string? SeriesBy { get; init; }

    /// <summary>How versions are grouped: <c>minor</c> or <c>major</c>; <c>null</c> for the default, not at all.</summary>
    public string? Group { get; init; }

    /// <summary>The range to compare with; <c>null</c> for the default.</summary>
    public AskedRange? Compared { get; init; }

    public bool Combinations { get; init; }

    public bool Unused { get; init; }

    /// <summary>The thresholds of a deprecation: <c>max_percent</c>, <c>min_installs</c>, <c>min_days</c>.</summary>
    public (int MaxPercent, int MinInstalls, int MinDays)? Thresholds { get; init; }

    /// <summary>The format in which the answer is asked for, too: <c>csv</c> or <c>ndjson</c>; <c>null</c> for none.</summary>
    public string? Format { get; init; }

    /// <summary>The interval of a series; <c>null</c> for the default, a day.</summary>
    public string? Interval { get; init; }

    /// <summary>The most items of a list; <c>null</c> for the default.</summary>
    public int? Limit { get; init; }

    /// <summary>The path and the query.</summary>
    public string Path
    {
        get
        {
            List<string> parameters = [];
            Add("by", Statistic == Statistic.Top ? By : SeriesBy);
            Add("group", Group);
            Add("combinations", Combinations ? "true" : null);
            Add("unused", Unused ? "true" : null);
            Add("compare_from", Compared?.From?.ToString("O", CultureInfo.InvariantCulture));
            Add("compare_to", Compared?.To?.ToString("O", CultureInfo.InvariantCulture));
            Add("max_percent", Thresholds?.MaxPercent.ToString(CultureInfo.InvariantCulture));
            Add("min_installs", Thresholds?.MinInstalls.ToString(CultureInfo.InvariantCulture));
            Add("min_days", Thresholds?.MinDays.ToString(CultureInfo.InvariantCulture));
            Add("interval", Interval);
            Add("days", Range.Days?.ToString(CultureInfo.InvariantCulture));
            Add("from", Range.From?.ToString("O", CultureInfo.InvariantCulture));
            Add("to", Range.To?.ToString("O", CultureInfo.InvariantCulture));
            Add("env", IsTest ? "test" : null);
            foreach (var (name, value) in Filter.All)
                Add(name, value);
            Add("limit", Limit?.ToString(CultureInfo.InvariantCulture));
            var path = Statistic == Statistic.Export ? "/v1/export/events" : "/v1/stats/" + Statistic.ToString().ToLowerInvariant();
            return parameters.Count == 0 ? path : path + "?" + string.Join('&', parameters);

            void Add(string name, string? value)
            {
                if (value is not null)
                    parameters.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
            }
        }
    }

    /// <summary>The path and the query in <see cref="Format"/>.</summary>
    public string FormattedPath => Path + (Path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "format=" + (Format ?? "json");

    /// <summary>What kind of question it is, without its values: for the choice of rare ones, and for reports.</summary>
    public string Kind
    {
        get
        {
            List<string?> parts =
            [
                Statistic.ToString(), Group, SeriesBy, Interval, Combinations ? "combinations" : null, Unused ? "unused" : null,
                Compared is null ? null : "compared", Statistic != Statistic.Top ? null : Short(By),
                .. Filter.All.Select(filter => Short(filter.Name)),
            ];
            return string.Join(' ', parts.Where(part => part is not null));

            static string Short(string name) =>
                name.StartsWith("meta.", StringComparison.Ordinal) ? "meta"
                : name.StartsWith("not.", StringComparison.Ordinal) ? "not" : name;
        }
    }
}
