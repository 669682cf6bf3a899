using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>Registers how mail leaves.</summary>
internal static class MailSetup
{
    /// <summary>The folder of mails inside the data folder, where there is no mail server.</summary>
    public const string Folder = "mail";

    /// <summary>Registers it.</summary>
    public static void AddMail(this IServiceCollection services, ServerSettings settings)
    {
        var accounts = settings.Accounts;
        var from = SenderAddress.TryParse(accounts.MailFrom)!;
        services.AddSingleton<IMailer>(provider => accounts.Smtp is { } smtp
            ? new SmtpMailer(smtp, from, provider.GetRequiredService<TimeProvider>())
            : new FileMailer(Path.Combine(settings.DataFolder, Folder), from, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<AccountLetters>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<MailDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<MailDelivery>());
    }
}
