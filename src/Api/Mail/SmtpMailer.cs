using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>Sends mails through a mail server, each over its own connection.</summary>
/// <param name="settings">The mail server.</param>
/// <param name="from">The sender.</param>
/// <param name="time">The clock.</param>
/// <param name="certificates">Validates the server's certificate instead of the system, or <c>null</c>.</param>
internal sealed class SmtpMailer(
    SmtpSettings settings, MailboxAddress from, TimeProvider time, RemoteCertificateValidationCallback? certificates = null) : IMailer
{
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(1);

    public async Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var message = letter.TryToMessage(from, time.GetUtcNow());
        if (message is null)
            return new(MailFailure.InvalidAddress, "address");
        using var patience = new CancellationTokenSource(Limits.MailAttempt, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        // Revocation is not checked, which is the default of .NET: an authority that doesn't respond would delay all mail.
        using var client = new SmtpClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = certificates };
        if (await ConnectAsync(client, both.Token) is { } fault)
            return cancellationToken.IsCancellationRequested ? fault with { Failure = MailFailure.Interrupted } : fault;
        return await SendAsync(client, message, EmailAddress.OfStored(letter.To).NeedsUtf8, both.Token);
    }

    private async Task<MailAttempt?> ConnectAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, Options(settings.Encryption), cancellationToken);
            if (settings.User is { } user)
                await client.AuthenticateAsync(user, settings.Password ?? "", cancellationToken);
            return null;
        }
        catch (SmtpCommandException refusal) when ((int)refusal.StatusCode is >= 400 and < 500)
        {
            return new(MailFailure.Busy, Describe(refusal));
        }
        catch (Exception fault)
        {
            return new(MailFailure.Unreachable, Describe(fault));
        }
    }

    private async Task<MailAttempt> SendAsync(SmtpClient client, MimeMessage message, bool needsUtf8, CancellationToken cancellationToken)
    {
        if (needsUtf8 && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
            return new(MailFailure.Utf8Unsupported, "SMTPUTF8");
        // MailKit would use SMTPUTF8 for all domains that aren't ASCII, and relays without it would return the mail.
        if (!needsUtf8)
            client.Capabilities &= ~SmtpCapabilities.UTF8;
        try
        {
            var format = FormatOptions.Default.Clone();
            format.International = needsUtf8;
            await client.SendAsync(format, message, cancellationToken);
        }
        catch (SmtpCommandException refusal) when (refusal is
            { StatusCode: SmtpStatusCode.ServiceNotAvailable, ErrorCode: SmtpErrorCode.SenderNotAccepted })
        {
            // Some servers count connections at the first mail. A 421 to a recipient may depend on the recipient.
            return new(MailFailure.Busy, Describe(refusal));
        }
        catch (SmtpCommandException refusal)
        {
            return new((int)refusal.StatusCode >= 500 ? MailFailure.Refused : MailFailure.Deferred, Describe(refusal));
        }
        catch (Exception fault) when (IsInterruption(fault))
        {
            return new(MailFailure.Interrupted, Describe(fault));
        }
        catch (MailKit.ServiceNotAuthenticatedException)
        {
            // A reply 530 to this mail. The connection was accepted, so other mails may be, too.
            return new(MailFailure.Refused, "530");
        }

        await DisconnectAsync(client);
        return new(null, "the mail server");
    }

    // The server has accepted the mail, so its response to QUIT doesn't matter.
    private async Task DisconnectAsync(SmtpClient client)
    {
        using var soon = new CancellationTokenSource(DisconnectTimeout, time);
        try
        {
            await client.DisconnectAsync(quit: true, soon.Token);
        }
        catch (Exception fault) when (IsInterruption(fault) || fault is MailKit.CommandException)
        {
            // Disposing the client closes the connection.
        }
    }

    private static bool IsInterruption(Exception fault) =>
        fault is OperationCanceledException or IOException or SocketException or MailKit.ProtocolException;

    private static SecureSocketOptions Options(SmtpEncryption encryption) => encryption switch
    {
        SmtpEncryption.Implicit => SecureSocketOptions.SslOnConnect,
        SmtpEncryption.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    private static string Describe(Exception fault) =>
        fault is SmtpCommandException refusal ? ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture) : fault.GetType().Name;
}
