using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>Sends mails.</summary>
internal interface IMailer
{
    /// <summary>
    /// Makes one attempt to send a mail. Returns <see cref="MailFailure.Interrupted"/> if it is cancelled; the mail may have been sent.
    /// </summary>
    Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken);
}

/// <summary>The result of an attempt.</summary>
/// <param name="Failure">The failure, or <c>null</c> if the mail was sent.</param>
/// <param name="Detail">
/// For the log: the destination or the kind of fault. Never an address or a text of the mail server, which may contain one.
/// </param>
internal readonly record struct MailAttempt(MailFailure? Failure, string Detail);
