using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>A request for a mail. An <see cref="IMailWriter"/> writes the mail when it is sent.</summary>
/// <param name="Kind">The kind: one of those of its writer.</param>
/// <param name="To">The recipient.</param>
/// <param name="Data">The data for its writer, as JSON. It is stored, so it must not contain a token.</param>
/// <param name="Age">How long the mail is useful. It is given up afterwards.</param>
internal sealed record MailOrder(string Kind, EmailAddress To, string Data, TimeSpan Age)
{
    /// <summary>Whether the mail is kept if too many wait. False if a person who isn't signed in requested it.</summary>
    public bool IsEssential { get; init; } = true;

    /// <summary>Who requested it, if a person who isn't signed in did.</summary>
    public MailSource Source { get; init; }

    /// <summary>Returns the mail to store.</summary>
    public WaitingMail At(DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Kind = Kind, To = To, Data = Data, CreatedAt = now, ExpiresAt = now + Age,
        IsEssential = IsEssential, Source = Source,
    };
}
