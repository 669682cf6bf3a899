using TelemetryKit.Grains;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>The parameters of statistics, and how the common ones become a <see cref="StatsQuery"/>.</summary>
internal static class StatsParameters
{
    private const int DefaultDays = 30;

    public static readonly QueryParameter From = new("from", "The first UTC day, inclusive.") { Format = "date" };
    public static readonly QueryParameter To = new("to", "The last UTC day, inclusive; today by default.") { Format = "date" };
    public static readonly QueryParameter Days = new(
        "days", "The number of days up to today, inclusive. It can't be combined with from and to.", "integer")
    {
        Minimum = 1, Maximum = Limits.QueryDays, Default = "30",
    };

    public static readonly QueryParameter Env = new("env", "The environment.") { Values = ["live", "test"], Default = "live" };
    public static readonly QueryParameter Subject = Name("subject", "Filters by command, feature, method or component.");
    public static readonly QueryParameter Type = Name("type", "Filters by event type.");
    public static readonly QueryParameter Version = Name("version", "Filters by version of the tool.");
    public static readonly QueryParameter Actor = Name("actor", "Filters by actor: human, ci, agent, or another name that clients send.");
    public static readonly QueryParameter Limit = new("limit", "The maximum number of items.", "integer")
    {
        Minimum = 1, Maximum = Limits.PageSize, Default = "100",
    };

    /// <summary>Whose figures, for members: <see cref="Access.ReadAccess"/> reads it before the route does.</summary>
    public static readonly QueryParameter Project = new(
        "project", "The id of the project. Required with a session or an API token; a read key belongs to one project.")
    {
        Format = "uuid", Maximum = 36,
    };

    /// <summary>What every statistic takes.</summary>
    public static readonly IReadOnlyList<QueryParameter> Common = [Project, From, To, Days, Env, Subject, Type, Version, Actor];

    /// <summary>Reads the common parameters. Where the reader has found faults, the query must not be used.</summary>
    public static StatsQuery ReadQuery(this QueryReader reader, DateOnly today)
    {
        var (from, to) = ReadRange(reader, today);
        return new StatsQuery(reader.ReadEnvironment(), from, to)
        {
            Subject = reader.Text(Subject), Type = reader.Text(Type), Version = reader.Text(Version), Actor = reader.Text(Actor),
        };
    }

    /// <summary>Reads <see cref="Env"/>.</summary>
    public static DataEnvironment ReadEnvironment(this QueryReader reader) => reader.Choice(Env) == "test" ? DataEnvironment.Test : DataEnvironment.Live;

    private static (DateOnly From, DateOnly To) ReadRange(QueryReader reader, DateOnly today)
    {
        var days = reader.Number(Days) ?? DefaultDays;
        var to = reader.Day(To) ?? today;
        var from = reader.Day(From) ?? to.AddDays(1 - days);
        if (reader.Has(Days) && (reader.Has(From) || reader.Has(To)))
            reader.Fault(Days, "It can't be combined with from and to.");
        else if (from > to)
            reader.Fault(From, "It must not be after to.");
        else if (to.DayNumber - from.DayNumber >= Limits.QueryDays)
            reader.Fault(From, $"It must be at most {Limits.QueryDays} days before to.");
        return (from, to);
    }

    private static QueryParameter Name(string name, string description) => new(name, description) { Maximum = Limits.NameLength };
}
