using System.Text;
using MimeKit;

namespace TelemetryKit.Api.Mail;

/// <summary>The sender of all mails, as the settings say it.</summary>
internal static class SenderAddress
{
    /// <summary>Reads an address such as <c>telemetrykit@example.org</c> or <c>TelemetryKit &lt;telemetrykit@example.org&gt;</c>; <c>null</c> if it is none that every mail server takes.</summary>
    public static MailboxAddress? TryParse(string text) =>
        MailboxAddress.TryParse(text, out var sender) && sender.LocalPart is { Length: > 0 } local && Ascii.IsValid(local) && sender.Domain.Length > 0 ? sender : null;
}
