using TelemetryKit.Core.Retention;

namespace TelemetryKit.Api.Background;

/// <summary>Registers what runs beside requests.</summary>
internal static class BackgroundSetup
{
    /// <summary>Registers it.</summary>
    public static void AddBackground(this IServiceCollection services)
    {
        services.AddSingleton<CleanupService>();
        services.AddHostedService(provider => provider.GetRequiredService<CleanupService>());
        services.AddSingleton<DailyPurge>();
        services.AddSingleton<Chores>();
        services.AddHostedService(provider => provider.GetRequiredService<Chores>());
        services.AddSingleton<Maintenance>();
    }
}
