using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>A mail that somebody is to get. An <see cref="IMailWriter"/> writes it when it is sent.</summary>
/// <param name="Kind">What it is about: one of the words of its writer.</param>
/// <param name="To">The recipient.</param>
/// <param name="Data">What its writer needs to know, as JSON. It is stored, so there is no token in it.</param>
/// <param name="Age">How long it is worth sending.</param>
internal sealed record MailOrder(string Kind, EmailAddress To, string Data, TimeSpan Age);
