using System.Buffers;
using System.Globalization;
using System.Text;

namespace TelemetryKit.Core.Accounts;

/// <summary>
/// An e-mail address in a canonical form, which is the same for all spellings of a mailbox: composed (NFC), with the domain in its DNS
/// form. The mailbox may not exist.
/// </summary>
public sealed record EmailAddress
{
    private const int MaxBytes = 254; // RFC 5321: a forward path without its brackets.
    private const int MaxLocalBytes = 64;
    private const string AtextSigns = "!#$%&'*+-/=?^_`{|}~.";

    private static readonly SearchValues<char> AsciiLocal =
        SearchValues.Create(AtextSigns + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private EmailAddress(string text, string local, string domain)
    {
        (Text, Domain, Mailbox) = (text, domain, $"{local}@{domain}");
        Key = $"{local.ToLowerInvariant()}@{domain}";
        NeedsUtf8 = !Ascii.IsValid(local);
    }

    /// <summary>The address as entered, composed and trimmed, for display.</summary>
    public string Text { get; }

    /// <summary>
    /// The address that mail is sent to: the local part as entered and the domain in its DNS form (<c>xn--…</c>, lower case).
    /// </summary>
    public string Mailbox { get; }

    /// <summary>The domain in its DNS form: ASCII, lower case.</summary>
    public string Domain { get; }

    /// <summary>
    /// The domain as its owner registered it, approximately: the last two labels, or three if the last but one has at most three letters
    /// (<c>example.co.uk</c>). All of its subdomains share its mails' turns, because their number costs the owner nothing.
    /// </summary>
    public string RegisteredDomain
    {
        get
        {
            var labels = Domain.Split('.');
            var kept = labels.Length > 2 && labels[^2].Length <= 3 ? 3 : 2;
            return labels.Length <= kept ? Domain : string.Join('.', labels[^kept..]);
        }
    }

    /// <summary>The key that identifies an account. All spellings of an address have the same key.</summary>
    public string Key { get; }

    /// <summary>Whether mail to the address requires SMTPUTF8 (RFC 6531), because of its local part.</summary>
    public bool NeedsUtf8 { get; }

    /// <summary>Parses an address. Returns <c>null</c> if mail can't be sent to it.</summary>
    public static EmailAddress? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxBytes || !text.IsWellFormed())
            return null;
        text = Composed(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || at != text.LastIndexOf('@'))
            return null;
        var local = text[..at];
        if (!IsLocalPart(local) || TryDomain(text[(at + 1)..]) is not { } domain)
            return null;
        return Encoding.UTF8.GetByteCount(local) + 1 + domain.Length <= MaxBytes ? new EmailAddress(text, local, domain) : null;
    }

    /// <summary>
    /// Parses a stored address. Earlier versions accepted more addresses; one that is invalid today keeps the key with which it was stored.
    /// </summary>
    public static EmailAddress OfStored(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParse(text) is { } email)
            return email;
        var at = text.LastIndexOf('@');
        return new EmailAddress(text, text[..Math.Max(at, 0)], text[(at + 1)..].ToLowerInvariant());
    }

    /// <inheritdoc />
    public override string ToString() => "(an address)"; // Keeps addresses out of logs.

    private static string Composed(string text) => text.Normalize(NormalizationForm.FormC);

    // A dot-atom of RFC 5322, with letters of any script as in RFC 6532. Quoted forms are not supported, because providers don't offer
    // them.
    private static bool IsLocalPart(string local)
    {
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        if (Encoding.UTF8.GetByteCount(local) > MaxLocalBytes)
            return false;
        foreach (var rune in local.EnumerateRunes())
        {
            if (rune.IsAscii ? !AsciiLocal.Contains((char)rune.Value) : IsInvisible(rune))
                return false;
        }

        return true;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Persian and Indic words need the two joiners. All other invisible characters would only make different addresses look alike.
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        _ => false,
    };

    private static string? TryDomain(string text)
    {
        string domain;
        try
        {
            domain = Idn.GetAscii(text).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }

        // At least two labels, and the last one is not a number: mail is not sent to hosts of the local network or to IP addresses.
        var last = domain.AsSpan(domain.LastIndexOf('.') + 1);
        return last.Length > 0 && last.Length < domain.Length && last.ContainsAnyExceptInRange('0', '9') ? domain : null;
    }
}

file static class TextChecks
{
    // Lone surrogates can't be composed or stored.
    public static bool IsWellFormed(this string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }
}
