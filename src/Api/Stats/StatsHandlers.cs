using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Api.Stats;

/// <summary>Handlers of the general statistics.</summary>
internal static class StatsHandlers
{
    private const string Dimensions =
        "command, feature, method, component (the subjects of that type), event or type, subject, version, os, os_version, arch, runtime, "
        + "sdk, actor, agent, ci_name, shell, terminal, exit_code, error_type, success, or meta.KEY for the values of a metadata key";

    private const int DefaultTop = 100;
    private const int DefaultValues = 10;
    private const int MostValues = 50;

    private static readonly QueryParameter By = new(
        "by", $"The dimension: {Dimensions}. Events without a value are listed as (none); of a list, an event counts for each value.")
    {
        Required = true, Maximum = Limits.MetadataKeyLength + EventField.MetadataPrefix.Length, Example = "\"version\"",
    };

    private static readonly QueryParameter SeriesBy = By with
    {
        Required = false, Description = $"Lists the most frequent values of a dimension in each interval: {Dimensions}.",
    };

    private static readonly QueryParameter Values = new("limit", "Maximum number of values in each interval. Requires by.", "integer")
    {
        Minimum = 1, Maximum = MostValues, Default = "10",
    };

    private static readonly QueryParameter Group = new(
        "group",
        "Groups versions: minor for groups such as 1.2, major for groups such as 1, none for each version. Prereleases are groups of their "
        + "own, such as 1.2-prerelease. Groups are in the order of semantic versions, latest first. Requires by=version.")
    {
        Values = ["none", "minor", "major"], Default = "none",
    };

    private static readonly QueryParameter Combinations = new(
        "combinations",
        "Whether the values of a list count together, so that --fast, --verbose is listed apart from --fast. Requires by=meta.KEY and a "
        + "plan with advanced analytics.",
        "boolean");

    private static readonly QueryParameter Unused = new(
        "unused",
        "Lists the values that were seen before the range, as far as events are kept, but not in the range; latest first. The figures are "
        + "those before the range. Requires a plan with advanced analytics.",
        "boolean");

    private static readonly QueryParameter Interval = new("interval", "The width of a point, in UTC. Weeks start on Monday.")
    {
        Values = ["hour", "day", "week", "month"], Default = "day",
    };

    public static readonly QueryParameters OverviewParameters =
        new([.. StatsParameters.Common, .. StatsParameters.Filters, StatsParameters.CompareFrom, StatsParameters.CompareTo]);

    public static readonly QueryParameters TopParameters = new(
    [
        By, .. StatsParameters.Common, .. StatsParameters.Filters, StatsParameters.CompareFrom, StatsParameters.CompareTo, Group,
        Combinations, Unused, StatsParameters.Limit,
    ]);

    public static readonly QueryParameters SeriesParameters =
        new([Interval, SeriesBy, Group, Values, .. StatsParameters.Common, .. StatsParameters.Filters]);

    public static readonly QueryParameters UsersParameters = new([.. StatsParameters.Common, .. StatsParameters.Filters]);

    public static async Task<IResult> OverviewAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, OverviewParameters);
        var question = new OverviewQuestion(reader.ReadFiltered(time.Today()).For(http.ReadProject()));
        if (reader.ReadCompared() is { } compared)
            question = question with { Compared = compared };
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, question, http.RequestAborted);
        return TypedResults.Json(OverviewBody.Of(answer), StatsJson.Wire.OverviewBody);
    }

    public static async Task<IResult> TopAsync(HttpContext http, ProjectStatistics statistics, PlanAccess plans, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, TopParameters);
        var query = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        var by = reader.Text(By);
        if (!Dimension.TryParse(by, out var dimension) && by is not null)
            reader.Fault(By, $"It must be {Dimensions}.");
        var question = new TopQuestion(query, dimension!, reader.Number(StatsParameters.Limit) ?? DefaultTop)
        {
            Compared = reader.ReadCompared(), Combinations = reader.Flag(Combinations), Unused = reader.Flag(Unused),
            Group = ReadGroup(reader, by),
        };
        if (question.Combinations && by?.StartsWith(EventField.MetadataPrefix, StringComparison.Ordinal) == false)
            reader.Fault(Combinations, "It requires by=meta.KEY.");
        if (question.Unused && (question.Compared is not null || question.Group != VersionGroup.None))
            reader.Fault(Unused, "It can't be combined with compare_from, compare_to and group.");
        if (reader.Problem is { } problem)
            return problem;
        if ((question.Combinations || question.Unused)
            && await plans.FindRefusalAsync(http, Feature.AdvancedAnalytics) is { } refusal)
            return refusal;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, question, http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.TopAnswer);
    }

    public static async Task<IResult> SeriesAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, SeriesParameters);
        var query = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        var interval = reader.Choice(Interval) switch
        {
            "hour" => SeriesInterval.Hour,
            "week" => SeriesInterval.Week,
            "month" => SeriesInterval.Month,
            _ => SeriesInterval.Day,
        };
        var by = reader.Text(SeriesBy);
        if (!EventField.TryParse(by, out var field) && by is not null)
            reader.Fault(SeriesBy, $"It must be {Dimensions}.");
        if (by is null && reader.Has(Values))
            reader.Fault(Values, "It requires by.");
        var question = new SeriesQuestion(query, interval)
        {
            By = field, Limit = reader.Number(Values) ?? DefaultValues, Group = ReadGroup(reader, by),
        };
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, question, http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.SeriesAnswer);
    }

    public static async Task<IResult> UsersAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, UsersParameters);
        var query = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, new UsersQuestion(query), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.UsersAnswer);
    }

    private static VersionGroup ReadGroup(QueryReader reader, string? by)
    {
        var group = reader.Choice(Group) switch
        {
            "minor" => VersionGroup.Minor,
            "major" => VersionGroup.Major,
            _ => VersionGroup.None,
        };
        if (group != VersionGroup.None && by is not "version")
            reader.Fault(Group, "It requires by=version.");
        return group;
    }

    /// <summary>Returns the current UTC day.</summary>
    public static DateOnly Today(this TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
