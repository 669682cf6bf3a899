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

    public bool IsNone => this == None;
}

/// <summary>A question about a project's events.</summary>
public sealed record Question(Statistic Statistic, AskedRange Range)
{
    public bool IsTest { get; init; }

    public Filter Filter { get; init; } = Filter.None;

    /// <summary>The dimension of a top list.</summary>
    public string By { get; init; } = "command";

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
            Add("by", Statistic == Statistic.Top ? By : null);
            Add("interval", Interval);
            Add("days", Range.Days?.ToString(CultureInfo.InvariantCulture));
            Add("from", Range.From?.ToString("O", CultureInfo.InvariantCulture));
            Add("to", Range.To?.ToString("O", CultureInfo.InvariantCulture));
            Add("env", IsTest ? "test" : null);
            Add("subject", Filter.Subject);
            Add("type", Filter.Type);
            Add("version", Filter.Version);
            Add("actor", Filter.Actor);
            Add("limit", Limit?.ToString(CultureInfo.InvariantCulture));
            var path = "/v1/stats/" + Statistic.ToString().ToLowerInvariant();
            return parameters.Count == 0 ? path : path + "?" + string.Join('&', parameters);

            void Add(string name, string? value)
            {
                if (value is not null)
                    parameters.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
    }

    /// <summary>What kind of question it is, without its values: for the choice of rare ones, and for reports.</summary>
    public string Kind =>
        $"{Statistic}{(Statistic == Statistic.Top ? By.StartsWith("meta.", StringComparison.Ordinal) ? " meta" : " " + By : "")}"
        + (Interval is null ? "" : " " + Interval) + (Filter.Subject is null ? "" : " subject") + (Filter.Type is null ? "" : " type")
        + (Filter.Version is null ? "" : " version") + (Filter.Actor is null ? "" : " actor");
}
