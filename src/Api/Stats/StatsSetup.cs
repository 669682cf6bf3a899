using TelemetryKit.Api.Access;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Grains.Accounts.Roles;
using TelemetryKit.Grains.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>Registers and maps the routes that answer statistics.</summary>
internal static class StatsSetup
{
    /// <summary>Registers what the routes need.</summary>
    public static void AddStats(this IServiceCollection services) => services.AddSingleton<LiveFeeds>();

    /// <summary>Maps the routes. All of them read with a read key, or as a member.</summary>
    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        var stats = routes.MapGroup("/v1/stats").AddEndpointFilter<ReadAccessFilter>().ReadsProject(Permission.Read).WithTags("Statistics");

        stats.MapGet("/overview", StatsHandlers.OverviewAsync).WithName("getOverview")
            .Takes(StatsHandlers.OverviewParameters)
            .Answers<OverviewBody>("Returns the figures of a range of days and of the range of the same length before it.");

        stats.MapGet("/top", StatsHandlers.TopAsync).WithName("getTop")
            .Takes(StatsHandlers.TopParameters).Answers<TopAnswer>("Returns the values of one dimension, most events first.");

        stats.MapGet("/series", StatsHandlers.SeriesAsync).WithName("getSeries")
            .Takes(StatsHandlers.SeriesParameters)
            .Answers<SeriesAnswer>("Returns events over time. Intervals without events are included, with zeros.");

        stats.MapGet("/users", StatsHandlers.UsersAsync).WithName("getUsers")
            .Takes(StatsHandlers.UsersParameters)
            .Answers<UsersAnswer>("Returns active installs by day, week and month, and new and returning installs by day.");

        stats.MapGet("/events", ExplorerHandler.HandleAsync).WithName("listEvents")
            .Takes(ExplorerHandler.Parameters).Answers<EventsBody>("Returns the stored events, newest first.");

        stats.MapGet("/live", LiveHandler.HandleAsync).WithName("streamEvents")
            .Takes(LiveHandler.Parameters).WithMetadata(new EventStream())
            .AnswersText("text/event-stream", "Streams events as they arrive. Send Last-Event-ID to resume after a lost connection.");
    }
}
