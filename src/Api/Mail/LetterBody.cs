using System.Net;
using System.Text;
using MimeKit;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Converts a letter to a MIME message with a text part and an HTML part.</summary>
internal static class LetterBody
{
    private const string Footer = "TelemetryKit: privacy-first usage analytics.";

    /// <summary>Returns the message, which the caller disposes, or <c>null</c> if the address is invalid.</summary>
    public static MimeMessage? TryToMessage(this Letter letter, MailboxAddress from, DateTimeOffset now)
    {
        if (EmailAddress.TryParse(letter.To) is not { } email || !MailboxAddress.TryParse(email.Mailbox, out var to))
            return null;
        var message = new MimeMessage
        {
            Subject = letter.Subject,
            Date = now,
            MessageId = $"{letter.Id:N}@{from.Domain}",
            Body = new MultipartAlternative(Part("plain", Text(letter)), Part("html", Html(letter))),
        };
        message.From.Add(from);
        message.To.Add(to);
        // Asks automatic responders not to reply.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    /// <summary>Returns the text part, in which the link has its own line.</summary>
    public static string Text(Letter letter)
    {
        List<string> paragraphs = [.. letter.Before];
        if (letter.Link is { } link)
            paragraphs.Add($"{link.Label}:\r\n{link.Url.AbsoluteUri}");
        paragraphs.AddRange(letter.After ?? []);
        paragraphs.Add("-- \r\n" + Footer);
        return string.Join("\r\n\r\n", paragraphs) + "\r\n";
    }

    /// <summary>Returns the HTML part. It has no images or other external content, so opening the mail can't be tracked.</summary>
    public static string Html(Letter letter)
    {
        var html = new StringBuilder("<!DOCTYPE html>\r\n<html><body style=\"font-family:sans-serif;max-width:36em\">\r\n");
        AppendParagraphs(html, letter.Before);
        if (letter.Link is { } link)
        {
            html.Append("<p><a href=\"").Append(Encoded(link.Url.AbsoluteUri)).Append("\">")
                .Append(Encoded(link.Label)).Append("</a></p>\r\n");
        }

        AppendParagraphs(html, letter.After ?? []);
        return html.Append("<p style=\"color:#777\">").Append(Encoded(Footer)).Append("</p>\r\n</body></html>\r\n").ToString();
    }

    private static void AppendParagraphs(StringBuilder html, IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs)
            html.Append("<p>").Append(Encoded(paragraph)).Append("</p>\r\n");
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    // No transfer encoding is set, so the text stays readable if 8-bit transport is supported, and links can be copied from it.
    private static TextPart Part(string subtype, string text)
    {
        var part = new TextPart(subtype);
        part.SetText(Encoding.UTF8, text);
        return part;
    }
}
