using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Writes mails of some kinds when they are sent, which may be more than once. Mails are written here and not in the request that asks
/// for one: whether an account exists decides what is written, and neither the response nor its time may show it.
/// </summary>
internal interface IMailWriter
{
    /// <summary>The kinds it writes.</summary>
    IReadOnlyCollection<string> Kinds { get; }

    /// <summary>Writes a mail; <c>null</c> if there is nothing to send.</summary>
    Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken);

    /// <summary>
    /// Called when a mail was sent, or there was nothing to send. It is called again if the process dies before the mail is removed.
    /// </summary>
    Task DoneAsync(WaitingMail mail, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when a mail was given up, likewise.</summary>
    Task GivenUpAsync(WaitingMail mail, CancellationToken cancellationToken) => Task.CompletedTask;
}
