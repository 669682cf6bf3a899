namespace TelemetryKit.Api.Mail;

/// <summary>Gets a letter on its way.</summary>
internal interface IMailer
{
    /// <summary>Sends it, and answers where to, for the log: never an address. A fault of the way is an <see cref="System.Net.Mail.SmtpException"/> or <see cref="IOException"/>.</summary>
    Task<string> SendAsync(Letter letter, CancellationToken cancellationToken);
}
