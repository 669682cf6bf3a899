using TelemetryKit.Api.Mail;

namespace TelemetryKit.Api.Notices;

/// <summary>Registers the notices that owners of tenants get by mail.</summary>
internal static class NoticesSetup
{
    /// <summary>Registers it.</summary>
    public static void AddNotices(this IServiceCollection services)
    {
        services.AddSingleton<PlanLetters>();
        services.AddSingleton<PlanMails>();
        services.AddSingleton<IMailWriter>(provider => provider.GetRequiredService<PlanMails>());
        services.AddSingleton<PlanNotices>();
    }
}
