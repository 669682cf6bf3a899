using TelemetryKit.Core.Retention;

namespace TelemetryKit.Api.Background;

/// <summary>Registers the background services.</summary>
internal static class BackgroundSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddBackground(this IServiceCollection services)
    {
        services.AddSingleton<CleanupService>();
        services.AddHostedService(provider => provider.GetRequiredService<CleanupService>());
        services.AddSingleton<DailyPurge>();
        services.AddSingleton<SharedJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<SharedJobs>());
        services.AddSingleton<Maintenance>();
    }
}
