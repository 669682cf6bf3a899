using System.Text.Json.Serialization.Metadata;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Deprecation;
using TelemetryKit.Core.Stats.Failures;
using TelemetryKit.Core.Stats.Releases;
using TelemetryKit.Core.Stats.Retention;

namespace TelemetryKit.Api.Stats;

/// <summary>Handlers of the statistics that need a plan with advanced analytics. All are computed from events.</summary>
internal static class AnalyticsHandlers
{
    private const int DefaultLimit = 100;
    private const int DefaultMinInstalls = 100;
    private const int DefaultMinDays = 30;

    private static readonly QueryParameter MaxPercent = new(
        "max_percent", "The verdict is removable if at most this percentage of the active installs in 90 days used it.", "integer")
    {
        Minimum = 0, Maximum = 100, Default = "1",
    };

    private static readonly QueryParameter MinInstalls = new(
        "min_installs", "The verdict is unknown if fewer installs, or none, were active in 90 days.", "integer")
    {
        Minimum = 0, Maximum = 1_000_000, Default = "100",
    };

    private static readonly QueryParameter MinDays = new(
        "min_days", "The verdict is unknown if the first event of the 90 days is fewer days ago.", "integer")
    {
        Minimum = 0, Maximum = DeprecationQuestion.Days, Default = "30",
    };

    private static readonly QueryParameter ReleasesLimit = StatsParameters.Limit with
    {
        Description = $"Maximum number of releases. More than {ReleasesQuestion.MostVersions} are never listed.",
    };

    public static readonly QueryParameters ReleasesParameters =
        new([.. StatsParameters.Common, .. StatsParameters.Filters, ReleasesLimit]);

    public static readonly QueryParameters RangeParameters =
        new([.. StatsParameters.Common, .. StatsParameters.Filters, StatsParameters.Limit]);

    public static readonly QueryParameters RetentionParameters = new([.. StatsParameters.Common, .. StatsParameters.Filters]);

    public static readonly QueryParameters DeprecationParameters = new(
    [
        .. StatsParameters.Common.Except([StatsParameters.From, StatsParameters.Days]), .. StatsParameters.Filters, MaxPercent, MinInstalls,
        MinDays,
    ]);

    public static Task<IResult> FailuresAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time) =>
        AskAsync(http, statistics, time, (query, limit) => new FailuresQuestion(query, limit));

    public static Task<IResult> ReleasesAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time) =>
        AskAsync(http, statistics, time, (query, limit) => new ReleasesQuestion(query, limit));

    public static async Task<IResult> RetentionAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, RetentionParameters);
        var query = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, new RetentionQuestion(query), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.RetentionAnswer);
    }

    public static async Task<IResult> DeprecationAsync(HttpContext http, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, DeprecationParameters);
        var to = reader.Day(StatsParameters.To) ?? time.Today();
        var target = (reader.ReadFiltered(to) with { From = to.AddDays(1 - DeprecationQuestion.Days), To = to }).For(http.ReadProject());
        var query = target with
        {
            Subject = null, Type = null, Version = null,
            Filters = [.. target.Filters.Where(filter => filter.Excludes || !StatsParameters.Metadata.Has(filter.Field.Name))],
        };
        if (target with { Filters = [], Actor = null } is { HasFilters: false } && target.Filters.Count == query.Filters.Count)
            reader.Fault(StatsParameters.Subject, "Name what is to be removed by subject, type, version or meta.KEY=VALUE.");
        var thresholds = new DeprecationThresholds(
            reader.Number(MaxPercent) ?? 1, reader.Number(MinInstalls) ?? DefaultMinInstalls, reader.Number(MinDays) ?? DefaultMinDays);
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(
            http.ReadProject().Ref, new DeprecationQuestion(query, target, thresholds), http.RequestAborted);
        return TypedResults.Json(answer, StatsJson.Wire.DeprecationAnswer);
    }

    private static async Task<IResult> AskAsync<TAnswer>(
        HttpContext http, ProjectStatistics statistics, TimeProvider time, Func<StatsQuery, int, EventQuestion<TAnswer>> question)
    {
        var reader = new QueryReader(http.Request.Query, RangeParameters);
        var query = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        var limit = reader.Number(StatsParameters.Limit) ?? DefaultLimit;
        if (reader.Problem is { } problem)
            return problem;
        var answer = await statistics.AskAsync(http.ReadProject().Ref, question(query, limit), http.RequestAborted);
        return TypedResults.Json(answer, (JsonTypeInfo<TAnswer>)StatsJson.Wire.GetTypeInfo(typeof(TAnswer))!);
    }
}
