using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Writes mails of some kinds when they are sent, possibly more than once. They are not written in the request, because their content
/// depends on whether an account exists, which neither the response nor its duration may show.
/// </summary>
internal interface IMailWriter
{
    /// <summary>The kinds that it writes.</summary>
    IReadOnlyCollection<string> Kinds { get; }

    /// <summary>Writes a mail. Returns <c>null</c> if there is nothing to send.</summary>
    Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken);

    /// <summary>
    /// Called when a mail was sent or there was nothing to send. Called again if the process fails before the mail is removed.
    /// </summary>
    Task DoneAsync(WaitingMail mail, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when a mail was given up. Called again if the process fails before the mail is removed.</summary>
    Task GivenUpAsync(WaitingMail mail, CancellationToken cancellationToken) => Task.CompletedTask;
}
