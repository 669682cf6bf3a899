using System.Net;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Turns a letter into a mail with a part for those who read text and one for those who read HTML.</summary>
internal static class LetterBody
{
    private const string Footer = "TelemetryKit: usage analytics that know nobody.";

    /// <summary>The mail; <c>null</c> if no mail can be written to its address. The caller disposes it.</summary>
    public static MimeMessage? TryToMessage(this Letter letter, MailboxAddress from, DateTimeOffset now)
    {
        if (EmailAddress.TryParse(letter.To) is not { } email || !MailboxAddress.TryParse(email.Mailbox, out var to))
            return null;
        var message = new MimeMessage
        {
            Subject = letter.Subject,
            Date = now,
            // By default it has the machine's name in it.
            MessageId = MimeUtils.GenerateMessageId(from.Domain),
            Body = new MultipartAlternative(Part("plain", Text(letter)), Part("html", Html(letter))),
        };
        message.From.Add(from);
        message.To.Add(to);
        // Machines answer machines: this asks them not to.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    /// <summary>The part for those who read text. The link stands on a line of its own.</summary>
    public static string Text(Letter letter)
    {
        List<string> paragraphs = [.. letter.Before];
        if (letter.Link is { } link)
            paragraphs.Add($"{link.Label}:\r\n{link.Url.AbsoluteUri}");
        paragraphs.AddRange(letter.After ?? []);
        paragraphs.Add("-- \r\n" + Footer);
        return string.Join("\r\n\r\n", paragraphs) + "\r\n";
    }

    /// <summary>The part for those who read HTML. No picture, no style sheet, nothing from elsewhere: opening it tells nobody.</summary>
    public static string Html(Letter letter)
    {
        var html = new StringBuilder("<!DOCTYPE html>\r\n<html><body style=\"font-family:sans-serif;max-width:36em\">\r\n");
        AppendParagraphs(html, letter.Before);
        if (letter.Link is { } link)
            html.Append("<p><a href=\"").Append(Encoded(link.Url.AbsoluteUri)).Append("\">").Append(Encoded(link.Label)).Append("</a></p>\r\n");
        AppendParagraphs(html, letter.After ?? []);
        return html.Append("<p style=\"color:#777\">").Append(Encoded(Footer)).Append("</p>\r\n</body></html>\r\n").ToString();
    }

    private static void AppendParagraphs(StringBuilder html, IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs)
            html.Append("<p>").Append(Encoded(paragraph)).Append("</p>\r\n");
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    // No transfer encoding is set: the text travels as it is wherever eight bits do, so that people and scripts can copy a link out of it.
    private static TextPart Part(string subtype, string text)
    {
        var part = new TextPart(subtype);
        part.SetText(Encoding.UTF8, text);
        return part;
    }
}
