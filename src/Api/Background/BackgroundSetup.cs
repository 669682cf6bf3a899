using TelemetryKit.Core.Retention;

namespace TelemetryKit.Api.Background;

/// <summary>Registers what runs beside requests.</summary>
internal static class BackgroundSetup
{
    /// <summary>Registers it.</summary>
    public static void AddBackground(this IServiceCollection services)
    {
        services.AddSingleton<Upkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<Upkeep>());
        services.AddSingleton<DailyPurge>();
        services.AddSingleton<SharedJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<SharedJobs>());
        services.AddSingleton<Maintenance>();
    }
}
