using System.Net;
using System.Net.Mail;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>Sends letters through a mail server.</summary>
internal sealed class SmtpMailer(SmtpSettings settings, string from) : IMailer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MailAddress _from = new(from);

    public async Task<string> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var message = letter.ToMessage(_from);
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.StartTls };
        if (settings.User is { } user)
            client.Credentials = new NetworkCredential(user, settings.Password);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        await client.SendMailAsync(message, timeout.Token);
        return "the mail server";
    }
}
