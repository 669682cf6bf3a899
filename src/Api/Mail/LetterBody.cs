using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace TelemetryKit.Api.Mail;

/// <summary>Turns a letter into a mail with a part for those who read text and one for those who read HTML.</summary>
internal static class LetterBody
{
    private const string Footer = "TelemetryKit: usage analytics that know nobody.";

    /// <summary>The mail. Whoever gets it disposes it.</summary>
    public static MailMessage ToMessage(this Letter letter, MailAddress from)
    {
        var message = new MailMessage(from, new MailAddress(letter.To)) { Subject = letter.Subject, SubjectEncoding = Encoding.UTF8 };
        // Machines answer machines: this asks them not to.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.AlternateViews.Add(View(Text(letter), MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(Html(letter), MediaTypeNames.Text.Html));
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

    // Plain ASCII travels as it is, so that a link in a file can be read and copied by people and scripts.
    private static AlternateView View(string content, string mediaType)
    {
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, mediaType);
        view.TransferEncoding = Ascii.IsValid(content) ? TransferEncoding.SevenBit : TransferEncoding.QuotedPrintable;
        return view;
    }
}
