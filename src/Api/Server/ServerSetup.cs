namespace TelemetryKit.Api.Server;

/// <summary>Registers what the process knows of itself.</summary>
internal static class ServerSetup
{
    /// <summary>Registers it.</summary>
    public static void AddServer(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddSingleton<ServerAddress>();
    }
}
