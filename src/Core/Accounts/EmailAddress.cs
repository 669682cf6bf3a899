using System.Buffers;
using System.Globalization;
using System.Text;

namespace TelemetryKit.Core.Accounts;

/// <summary>
/// An address in the one form in which all spellings of a mailbox meet: composed (NFC), the domain as DNS has it. Whether the mailbox
/// exists, only a mail can show.
/// </summary>
public sealed record EmailAddress
{
    private const int MaxBytes = 254; // RFC 5321, a forward path without its brackets.
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

    /// <summary>As its owner wrote it, composed and without the spaces around it: what people are shown.</summary>
    public string Text { get; }

    /// <summary>What mail is sent to: the local part as written, the domain as DNS has it (<c>xn--…</c>, lower case).</summary>
    public string Mailbox { get; }

    /// <summary>The domain as DNS has it: ASCII, lower case.</summary>
    public string Domain { get; }

    /// <summary>What makes two spellings the same account.</summary>
    public string Key { get; }

    /// <summary>Whether the local part has characters that only SMTPUTF8 (RFC 6531) carries.</summary>
    public bool NeedsUtf8 { get; }

    /// <summary>Reads an address; <c>null</c> where the text is none that mail can be sent to.</summary>
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

    /// <summary>An address that is stored. Rules were looser once: one that breaks today's keeps the key that it was stored with.</summary>
    public static EmailAddress OfStored(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParse(text) is { } email)
            return email;
        var at = text.LastIndexOf('@');
        return new EmailAddress(text, text[..Math.Max(at, 0)], text[(at + 1)..].ToLowerInvariant());
    }

    /// <inheritdoc />
    public override string ToString() => "(an address)"; // So that it never reaches a log by way of a format string.

    private static string Composed(string text) => text.Normalize(NormalizationForm.FormC);

    // A dot-atom of RFC 5322, with letters of any script as in RFC 6532. Quoted forms are left out: providers don't offer them.
    private static bool IsLocalPart(string local)
    {
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        if (Encoding.UTF8.GetByteCount(local) > MaxLocalBytes)
            return false;
        foreach (var rune in local.EnumerateRunes())
        {
            if (rune.IsAscii ? !AsciiLocal.Contains((char)rune.Value) : IsNoLetter(rune))
                return false;
        }

        return true;
    }

    private static bool IsNoLetter(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Persian and Indic words need the two joiners; every other invisible character only makes two addresses look like one.
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

        // Two labels at least, and the last one is no number: no mail goes to a host of the local network or to an IP address.
        var last = domain.AsSpan(domain.LastIndexOf('.') + 1);
        return last.Length > 0 && last.Length < domain.Length && last.ContainsAnyExceptInRange('0', '9') ? domain : null;
    }
}

file static class TextChecks
{
    // Lone surrogates can't be composed, nor stored.
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
