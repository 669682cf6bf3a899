using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Stats.Deprecation;
using TelemetryKit.Core.Stats.Failures;
using TelemetryKit.Core.Stats.Releases;
using TelemetryKit.Core.Stats.Retention;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Api.Stats;

/// <summary>Registers and maps the routes of statistics.</summary>
internal static class StatsSetup
{
    /// <summary>Registers the bodies and JSON converters of the routes.</summary>
    public static void AddStats(this IServiceCollection services)
    {
        services.AddBodies(StatsJson.Default);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new SeriesIntervalConverter()));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new AccuracyKindConverter()));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new DeprecationVerdictConverter()));
    }

    /// <summary>Maps the routes. All of them require a read key or a member.</summary>
    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        var stats = routes.MapStatsGroup();

        stats.MapGet("/overview", StatsHandlers.OverviewAsync).WithName("getOverview")
            .AcceptsQuery(StatsHandlers.OverviewParameters)
            .Returns<OverviewBody>("Returns the figures of a range of days and of the range of the same length before it.");

        stats.MapGet("/top", StatsHandlers.TopAsync).WithName("getTop")
            .AcceptsQuery(StatsHandlers.TopParameters).Returns<TopAnswer>("Returns the values of one dimension, most events first.");

        stats.MapGet("/series", StatsHandlers.SeriesAsync).WithName("getSeries")
            .AcceptsQuery(StatsHandlers.SeriesParameters)
            .Returns<SeriesAnswer>("Returns events over time. Intervals without events are included, with zeros.");

        stats.MapGet("/users", StatsHandlers.UsersAsync).WithName("getUsers")
            .AcceptsQuery(StatsHandlers.UsersParameters)
            .Returns<UsersAnswer>("Returns active installs by day, week and month, and new and returning installs by day.");

        var analytics = routes.MapStatsGroup().AddEndpointFilterFactory((_, next) => context =>
            new PlanFilter(context.HttpContext.RequestServices.GetRequiredService<PlanAccess>(), Feature.AdvancedAnalytics)
                .InvokeAsync(context, next));

        analytics.MapGet("/failures", AnalyticsHandlers.FailuresAsync).WithName("getFailures")
            .AcceptsQuery(AnalyticsHandlers.RangeParameters)
            .Returns<FailuresAnswer>("Returns failures by exit code, version and operating system, most failures first.");

        analytics.MapGet("/releases", AnalyticsHandlers.ReleasesAsync).WithName("getReleases")
            .AcceptsQuery(AnalyticsHandlers.ReleasesParameters)
            .Returns<ReleasesAnswer>("Returns adoption, half-life and failure rate of each version, and the versions of each platform.");

        analytics.MapGet("/retention", AnalyticsHandlers.RetentionAsync).WithName("getRetention")
            .AcceptsQuery(AnalyticsHandlers.RetentionParameters)
            .Returns<RetentionAnswer>("Returns how many of the installs that began in a week come back in later weeks.");

        analytics.MapGet("/deprecation", AnalyticsHandlers.DeprecationAsync).WithName("getDeprecation")
            .AcceptsQuery(AnalyticsHandlers.DeprecationParameters)
            .Returns<DeprecationAnswer>(
                "Returns whether a subject, a type, a version or a metadata value is still used, and by how many of the active installs.");

        stats.MapGet("/events", ExplorerHandler.HandleAsync).WithName("listEvents")
            .AcceptsQuery(ExplorerHandler.Parameters).Returns<EventsBody>("Returns the stored events, newest first.");
    }

    /// <summary>Maps the group of these routes, also for routes in other folders.</summary>
    public static RouteGroupBuilder MapStatsGroup(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/stats").AddEndpointFilter<ReadAccessFilter>().AddEndpointFilter<AnswerFormatFilter>()
            .ReadsProject(Permission.Read).WithTags("Statistics");
}
