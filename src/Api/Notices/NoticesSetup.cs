using TelemetryKit.Api.Mail;
using TelemetryKit.Grains.Retention;

namespace TelemetryKit.Api.Notices;

/// <summary>Registers what one replica does for all.</summary>
internal static class NoticesSetup
{
    /// <summary>Registers it.</summary>
    public static void AddNotices(this IServiceCollection services)
    {
        services.AddSingleton<PlanLetters>();
        services.AddSingleton<PlanMails>();
        services.AddSingleton<IMailWriter>(provider => provider.GetRequiredService<PlanMails>());
        services.AddSingleton<PlanNotices>();
        services.AddSingleton<DailyPurge>();
        services.AddSingleton<Chores>();
        services.AddHostedService(provider => provider.GetRequiredService<Chores>());
    }
}
