using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>Registers and maps the live view.</summary>
internal static class LiveSetup
{
    /// <summary>Registers the feeds.</summary>
    public static void AddLive(this IServiceCollection services) => services.AddSingleton<LiveFeeds>();

    /// <summary>Maps the route.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapStatsGroup().MapGet("/live", LiveHandler.HandleAsync).WithName("streamEvents")
            .AcceptsQuery(LiveHandler.Parameters)
            .WithMetadata(new EventStream())
            .ReturnsText("text/event-stream", "Streams events as they arrive. Send Last-Event-ID to resume after a lost connection.");
}
