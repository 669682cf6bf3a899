namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>
/// A mail that waits to be written and sent. It contains the data of the mail but not its link: the token of a link is created when the
/// mail is written, so that it is never stored.
/// </summary>
public sealed record WaitingMail
{
    /// <summary>
    /// The kind of mails with a link that sets a password. Each change of the credentials of an account removes those to its address.
    /// </summary>
    public const string PasswordReset = "password-reset";

    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The kind of mail, which selects the code that writes it.</summary>
    public required string Kind { get; init; }

    /// <summary>The recipient.</summary>
    public required EmailAddress To { get; init; }

    /// <summary>The data of the mail, as JSON.</summary>
    public required string Data { get; init; }

    /// <summary>When it was requested.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is given up, because it is no longer useful.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the mail is kept if too many wait. False if a person who isn't signed in requested it.</summary>
    public bool IsEssential { get; init; }

    /// <summary>Who requested it, if a person who isn't signed in did.</summary>
    public MailSource Source { get; init; }

    /// <summary>The number of attempts, including the current one.</summary>
    public int Attempts { get; init; }
}
