namespace TelemetryKit.Api.Server;

/// <summary>Registers the state of the process: its readiness and its addresses.</summary>
internal static class ServerSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddServer(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddSingleton<ServerAddress>();
    }
}
