using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>Sends letters.</summary>
internal interface IMailer
{
    /// <summary>
    /// Makes one attempt to send a letter. A cancelled attempt is <see cref="MailFailure.Interrupted"/>, and the letter may have gone.
    /// </summary>
    Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken);
}

/// <summary>What became of an attempt.</summary>
/// <param name="Failure">Why it failed; <c>null</c> if the letter went.</param>
/// <param name="Detail">For the log: where it went, or the kind of fault. Never an address, nor a mail server's text, which has it.</param>
internal readonly record struct MailAttempt(MailFailure? Failure, string Detail);
