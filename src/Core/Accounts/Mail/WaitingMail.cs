namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>
/// A mail that waits to be written and sent. It holds what the mail is made of and never the link that it will have: a link's token is made
/// when the mail is written, so that no table ever has one.
/// </summary>
public sealed record WaitingMail
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is about: one word, by which the code that writes it is found.</summary>
    public required string Kind { get; init; }

    /// <summary>The recipient.</summary>
    public required EmailAddress To { get; init; }

    /// <summary>What it is made of, as JSON.</summary>
    public required string Data { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is given up, because by then nobody waits for it any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Attempts that have begun, with the one under way.</summary>
    public int Attempts { get; init; }
}
