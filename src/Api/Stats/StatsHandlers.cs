using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Api.Stats;

/// <summary>Handlers of the statistics that are computed from rollups.</summary>
internal static class StatsHandlers
{
    private static readonly QueryParameter By = new(
        "by",
        "The dimension: command, feature, method, component, event, version, os, arch, runtime, actor, sdk, "
        + "or meta.KEY for the values of a metadata key. In the lists by version to sdk, events without a value have the value (none).")
    {
        Required = true, Maximum = Limits.MetadataKeyLength + "meta.".Length,
    };

    private static readonly QueryParameter Interval = new("interval", "The width of a point, in UTC. Weeks start on Monday.")
    {
        Values = ["hour", "day", "week", "month"], Default = "day",
    };

    public static readonly QueryParameters OverviewParameters = new([.. StatsParameters.Common]);
    public static readonly QueryParameters TopParameters = new([By, .. StatsParameters.Common, StatsParameters.Limit]);
    public static readonly QueryParameters SeriesParameters = new([Interval, .. StatsParameters.Common]);
    public static readonly QueryParameters UsersParameters = new([.. StatsParameters.Common]);

    private const int DefaultTop = 100;

    public static async Task<IResult> OverviewAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, OverviewParameters);
        var query = reader.ReadQuery(time.Today()).For(http.ReadProject());
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref.ProjectId, new OverviewQuestion(query), http.RequestAborted);
        return TypedResults.Json(OverviewBody.Of(answer), StatsJson.Wire.OverviewBody);
    }

    public static async Task<IResult> TopAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, TopParameters);
        var query = reader.ReadQuery(time.Today()).For(http.ReadProject());
        var by = reader.Text(By);
        var limit = reader.Number(StatsParameters.Limit) ?? DefaultTop;
        if (!Dimension.TryParse(by, out var dimension) && by is not null)
            reader.Fault(By, "It must be command, feature, method, component, event, version, os, arch, runtime, actor, sdk or meta.KEY.");
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(
            http.ReadProject().Ref.ProjectId, new TopQuestion(query, dimension!, limit), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.TopAnswer);
    }

    public static async Task<IResult> SeriesAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, SeriesParameters);
        var query = reader.ReadQuery(time.Today()).For(http.ReadProject());
        var interval = reader.Choice(Interval) switch
        {
            "hour" => SeriesInterval.Hour,
            "week" => SeriesInterval.Week,
            "month" => SeriesInterval.Month,
            _ => SeriesInterval.Day,
        };
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref.ProjectId, new SeriesQuestion(query, interval), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.SeriesAnswer);
    }

    public static async Task<IResult> UsersAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, UsersParameters);
        var query = reader.ReadQuery(time.Today()).For(http.ReadProject());
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref.ProjectId, new UsersQuestion(query), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.UsersAnswer);
    }

    /// <summary>Returns the current UTC day.</summary>
    public static DateOnly Today(this TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
