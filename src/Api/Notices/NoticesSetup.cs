using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Notices;

/// <summary>Registers the notices to the owners of tenants.</summary>
internal static class NoticesSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddNotices(this IServiceCollection services)
    {
        services.AddSingleton<PlanLetters>();
        services.AddSingleton<BillingLetters>();
        services.AddSingleton<PlanMails>();
        services.AddSingleton<IMailWriter>(provider => provider.GetRequiredService<PlanMails>());
        services.AddSingleton<PlanNotices>();
        services.AddSingleton<ITenantNotices>(provider => provider.GetRequiredService<PlanNotices>());
    }
}
