using System.Text;
using MimeKit;

namespace TelemetryKit.Api.Settings;

/// <summary>The sender of all mails.</summary>
internal static class SenderAddress
{
    /// <summary>
    /// Parses an address such as <c>telemetrykit@example.org</c> or <c>TelemetryKit &lt;telemetrykit@example.org&gt;</c>. Returns
    /// <c>null</c> if it isn't one that every mail server accepts.
    /// </summary>
    public static MailboxAddress? TryParse(string text) =>
        MailboxAddress.TryParse(text, out var sender) && sender.LocalPart is { Length: > 0 } local && Ascii.IsValid(local)
        && sender.Domain.Length > 0
            ? sender
            : null;
}
