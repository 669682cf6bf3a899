using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>Registers the services that send mail.</summary>
internal static class MailSetup
{
    /// <summary>The folder for mails in the data folder, if there is no mail server.</summary>
    public const string Folder = "mail";

    /// <summary>Registers the services.</summary>
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
