namespace TelemetryKit.Api.Mail;

/// <summary>A mail as it is thought: to whom, paragraphs, and at most one link to follow. Both its text and its HTML are made of this.</summary>
/// <param name="Kind">What it is about: one word for logs and file names.</param>
/// <param name="To">The address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Before">Paragraphs before the link.</param>
/// <param name="Link">What to do, and where.</param>
/// <param name="After">Paragraphs after the link.</param>
internal sealed record Letter(string Kind, string To, string Subject, IReadOnlyList<string> Before, LetterLink? Link = null, IReadOnlyList<string>? After = null);

/// <summary>A link in a mail.</summary>
/// <param name="Label">What following it does.</param>
/// <param name="Url">Where it leads.</param>
internal sealed record LetterLink(string Label, Uri Url);
