using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

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
    public static readonly QueryParameter Subject = Name(
        "subject", "Only this command, feature, method or component. (none) selects the events without one.");
    public static readonly QueryParameter Type = Name("type", "Only this event type.");
    public static readonly QueryParameter Version = Name(
        "version",
        "Only this version of the tool, or a group of versions: 1.4.x for all of 1.4, 1.x for all of 1, 1.4.x-prerelease for its "
        + "prereleases. (none) selects the events without one.");
    public static readonly QueryParameter Actor = Name(
        "actor", "Only this actor: human, ci, agent or another value that clients send. (none) selects the events without one.");
    private static readonly string[] NamedFilters = [Subject.Name, Type.Name, Version.Name, Actor.Name];

    public static readonly QueryParameter Limit = new("limit", "Maximum number of items.", "integer")
    {
        Minimum = 1, Maximum = Limits.PageSize, Default = "100",
    };

    /// <summary>The parameters of every statistic.</summary>
    public static readonly IReadOnlyList<QueryParameter> Common =
        [ReadAccess.ProjectParameter, From, To, Days, Env, Subject, Type, Version, Actor, ExportFormats.Parameter];

    /// <summary>The filters by metadata.</summary>
    public static readonly QueryParameter Metadata = new(
        "meta",
        "Only events with this value of a metadata key, each as a parameter of its own: meta.KEY=VALUE, such as meta.flags=--legacy. Of a "
        + "list, one of the values must be equal. (none) selects the events without the key.")
    {
        Prefix = EventField.MetadataPrefix, Maximum = Limits.CountedValueBytes, Example = """{"meta.flags":"--legacy"}""",
    };

    /// <summary>The prefix of the parameters that exclude.</summary>
    private const string ExclusionPrefix = "not.";

    /// <summary>The filters that exclude events.</summary>
    public static readonly QueryParameter Exclusion = new(
        "not",
        "Not the events that a filter selects, each as a parameter of its own: not.FILTER=VALUE, such as not.actor=ci or "
        + "not.meta.flags=--legacy. Events without a value aren't excluded, except by (none).")
    {
        Prefix = ExclusionPrefix, Maximum = Limits.CountedValueBytes, Example = """{"not.actor":"ci"}""",
    };

    private static readonly (EventField Field, QueryParameter Parameter)[] OtherFields =
    [
        .. new[]
        {
            ("os", "Only this operating system, such as linux."),
            ("os_version", "Only this version of the operating system."),
            ("arch", "Only this processor architecture, such as x64."),
            ("runtime", "Only this runtime, such as dotnet 10.0."),
            ("sdk", "Only events sent by this SDK, such as dotnet/1.0.0."),
            ("agent", "Only events of this coding agent."),
            ("ci_name", "Only events of this CI system, such as github-actions."),
            ("shell", "Only this shell, such as bash."),
            ("terminal", "Only events with a terminal (true) or without one (false)."),
            ("exit_code", "Only this exit code, which is the metadata value exit_code."),
            (
                "error_type",
                "Only this type of error: the metadata value error_type, or else the subject of an event of type error under its current "
                + "name."),
            ("success", "Only events that succeeded (true) or failed (false)."),
        }.Select(filter => (EventField.Of(filter.Item1), Name(filter.Item1, filter.Item2 + " (none) selects the events without it."))),
    ];

    /// <summary>The filters in addition to the common ones.</summary>
    public static readonly IReadOnlyList<QueryParameter> Filters = [.. OtherFields.Select(filter => filter.Parameter), Metadata, Exclusion];

    /// <summary>The range to compare with.</summary>
    public static readonly QueryParameter CompareFrom = new(
        "compare_from", "The first UTC day of the range to compare with, inclusive. Requires compare_to.") { Format = "date" };

    /// <summary>The end of the range to compare with.</summary>
    public static readonly QueryParameter CompareTo = new(
        "compare_to", "The last UTC day of the range to compare with, inclusive. Requires compare_from.") { Format = "date" };

    /// <summary>Reads the common parameters and <see cref="Filters"/>.</summary>
    public static StatsQuery ReadFiltered(this QueryReader reader, DateOnly today)
    {
        var query = reader.ReadQuery(today);
        var filters = new List<FieldFilter>();
        foreach (var (field, parameter) in OtherFields)
        {
            if (reader.Text(parameter) is { } value)
                filters.Add(FieldFilter.Of(field, value));
        }

        foreach (var (name, value) in reader.Texts(Metadata))
        {
            if (EventField.TryParse(name, out var field))
                filters.Add(FieldFilter.Of(field, value));
            else
                reader.FaultOf(name, $"A metadata key has 1 to {Limits.MetadataKeyLength} characters.");
        }

        foreach (var (name, value) in reader.Texts(Exclusion))
        {
            if (FindFilter(name[ExclusionPrefix.Length..]) is { } field)
                filters.Add(FieldFilter.Of(field, value) with { Excludes = true });
            else
                reader.FaultOf(name, "Its name is not. and that of a filter.");
        }

        return query with { Filters = filters };
    }

    /// <summary>Reads the range to compare with, or <c>null</c> if there is none.</summary>
    public static DayRange? ReadCompared(this QueryReader reader)
    {
        var (from, to) = (reader.Day(CompareFrom), reader.Day(CompareTo));
        if (reader.Has(CompareFrom) != reader.Has(CompareTo))
            reader.Fault(CompareFrom, "compare_from and compare_to must be given together.");
        if (from is not { } first || to is not { } last)
            return null;
        if (first > last)
            reader.Fault(CompareFrom, "It must not be after compare_to.");
        else if (last.DayNumber - first.DayNumber >= Limits.QueryDays)
            reader.Fault(CompareFrom, $"It must be at most {Limits.QueryDays} days before compare_to.");
        return new(first, last);
    }

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

    private static EventField? FindFilter(string name)
    {
        var isNamed = NamedFilters.Contains(name) || OtherFields.Any(filter => filter.Parameter.Name == name);
        var isMetadata = name.StartsWith(EventField.MetadataPrefix, StringComparison.Ordinal);
        return (isNamed || isMetadata) && EventField.TryParse(name, out var field) ? field : null;
    }

    private static QueryParameter Name(string name, string description) => new(name, description) { Maximum = Limits.NameLength };
}
