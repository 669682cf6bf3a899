namespace TelemetryKit.Api.Start;

/// <summary>Registers the start and the stop of the server.</summary>
internal static class StartSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddStart(this IServiceCollection services)
    {
        services.AddSingleton(Console.Out);
        services.AddSingleton<StartFaults>();
        services.AddSingleton<Bootstrap>();
        services.AddSingleton<Banner>();
        services.AddSingleton<StartSequence>();
        services.AddHostedService<StartService>();
    }
}
