namespace TelemetryKit.Api.Mail;

/// <summary>The content of a mail: paragraphs and at most one link. Its text part and its HTML part are created from it.</summary>
/// <param name="Kind">The kind, as one word for logs and file names.</param>
/// <param name="To">The address.</param>
/// <param name="Subject">The subject, one line.</param>
/// <param name="Before">Paragraphs before the link.</param>
/// <param name="Link">The link, or <c>null</c> if there is none.</param>
/// <param name="After">Paragraphs after the link.</param>
internal sealed record Letter(
    string Kind, string To, string Subject, IReadOnlyList<string> Before, LetterLink? Link = null, IReadOnlyList<string>? After = null)
{
    /// <summary>The id of the mail, the same in all attempts to send it, so that a receiver can recognise a copy.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();
}

/// <summary>A link in a mail.</summary>
/// <param name="Label">The label.</param>
/// <param name="Url">The target.</param>
internal sealed record LetterLink(string Label, Uri Url);
