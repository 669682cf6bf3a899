using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Accounts.Roles;
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

        stats.MapGet("/events", ExplorerHandler.HandleAsync).WithName("listEvents")
            .AcceptsQuery(ExplorerHandler.Parameters).Returns<EventsBody>("Returns the stored events, newest first.");
    }

    /// <summary>Maps the group of these routes, also for routes in other folders.</summary>
    public static RouteGroupBuilder MapStatsGroup(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/stats").AddEndpointFilter<ReadAccessFilter>().AddEndpointFilter<AnswerFormatFilter>()
            .ReadsProject(Permission.Read).WithTags("Statistics");
}
