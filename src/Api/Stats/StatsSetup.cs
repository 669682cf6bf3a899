using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Api.Stats;

/// <summary>Registers and maps the routes that answer statistics.</summary>
internal static class StatsSetup
{
    /// <summary>Registers what the routes need.</summary>
    public static void AddStats(this IServiceCollection services)
    {
        services.AddBodies(StatsJson.Default);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new SeriesIntervalConverter()));
    }

    /// <summary>Maps the routes. All of them read with a read key, or as a member.</summary>
    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        var stats = routes.MapStatsGroup();

        stats.MapGet("/overview", StatsHandlers.OverviewAsync)
            .Takes(StatsHandlers.OverviewParameters)
            .Answers<OverviewBody>("The figures of a range and of the range of the same length before it.");

        stats.MapGet("/top", StatsHandlers.TopAsync)
            .Takes(StatsHandlers.TopParameters)
            .Answers<TopAnswer>("The values of one dimension, most events first.");

        stats.MapGet("/series", StatsHandlers.SeriesAsync)
            .Takes(StatsHandlers.SeriesParameters)
            .Answers<SeriesAnswer>("Events over time; intervals without events are there, with zeros.");

        stats.MapGet("/users", StatsHandlers.UsersAsync)
            .Takes(StatsHandlers.UsersParameters)
            .Answers<UsersAnswer>("Active installs by day, week and month, and new against returning ones day by day.");

        stats.MapGet("/events", ExplorerHandler.HandleAsync)
            .Takes(ExplorerHandler.Parameters)
            .Answers<EventsBody>("The stored events, newest first.");
    }

    /// <summary>The group of such routes, for those that other folders map.</summary>
    public static RouteGroupBuilder MapStatsGroup(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/stats").AddEndpointFilter<ReadAccessFilter>().ReadsProject(Permission.Read).WithTags("Statistics");
}
