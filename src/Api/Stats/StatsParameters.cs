using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>The parameters of statistics, and the conversion of the common ones to a <see cref="StatsQuery"/>.</summary>
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

    public static readonly QueryParameter Env = new("env", "The environment: data of live keys or of test keys.")
    {
        Values = ["live", "test"], Default = "live",
    };
    public static readonly QueryParameter Subject = Name("subject", "Only this command, feature, method or component.");
    public static readonly QueryParameter Type = Name("type", "Only this event type.");
    public static readonly QueryParameter Version = Name("version", "Only this version of the tool; (none) for events without one.");
    public static readonly QueryParameter Actor = Name("actor", "Only this actor: human, ci, agent or another value that clients send; (none) for events without one.");
    public static readonly QueryParameter Limit = new("limit", "Maximum number of items.", "integer")
    {
        Minimum = 1, Maximum = Limits.PageSize, Default = "100",
    };

    /// <summary>The parameters of every statistic.</summary>
    public static readonly IReadOnlyList<QueryParameter> Common =
        [ReadAccess.ProjectParameter, From, To, Days, Env, Subject, Type, Version, Actor, ExportFormats.Parameter];

    /// <summary>Reads the common parameters. If the reader has faults, the query must not be used.</summary>
    public static StatsQuery ReadQuery(this QueryReader reader, DateOnly today)
    {
        var (from, to) = ReadRange(reader, today);
        // AnswerFormatFilter uses it; here it is only validated.
        reader.Choice(ExportFormats.Parameter);
        return new StatsQuery(reader.ReadEnvironment(), from, to)
        {
            Subject = reader.Text(Subject), Type = reader.Text(Type), Version = reader.Text(Version), Actor = reader.Text(Actor),
        };
    }

    /// <summary>Reads <see cref="Env"/>.</summary>
    public static DataEnvironment ReadEnvironment(this QueryReader reader) =>
        reader.Choice(Env) == "test" ? DataEnvironment.Test : DataEnvironment.Live;

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
