using System.Buffers;
using System.Collections.Frozen;
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

    // The labels under which the registries of countries register domains. A domain of such a country with one of these names is taken
    // for its registry.
    private static readonly FrozenSet<string> SecondLevels = FrozenSet.Create(
        StringComparer.Ordinal,
        "ac", "ad", "asn", "asso", "co", "com", "ed", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "govt", "gub", "id", "in", "ind",
        "inf", "info", "ltd", "me", "mil", "ne", "net", "ngo", "nhs", "nic", "nom", "or", "org", "plc", "police", "res", "sch", "school",
        "web");

    private EmailAddress(string text, string local, string localKey, string domain)
    {
        (Text, Domain, Mailbox, Key) = (text, domain, $"{local}@{domain}", $"{localKey}@{domain}");
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
    /// The domain as its owner registered it, approximately: the last two labels, or three under the second level of a country
    /// (<c>example.co.uk</c>). All of its subdomains share its mails' turns, because their number costs the owner nothing.
    /// </summary>
    public string RegisteredDomain
    {
        get
        {
            var labels = Domain.Split('.');
            var kept = labels.Length > 2 && labels[^1].Length == 2 && SecondLevels.Contains(labels[^2]) ? 3 : 2;
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
        return Encoding.UTF8.GetByteCount(local) + 1 + domain.Length <= MaxBytes 
            ? new EmailAddress(text, local, Lowered(local), domain)
            : null;
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
        var local = text[..Math.Max(at, 0)];
        return new EmailAddress(text, local, local.ToLowerInvariant(), text[(at + 1)..].ToLowerInvariant());
    }

    /// <inheritdoc />
    public override string ToString() => "(an address)"; // Keeps addresses out of logs.

    private static string Composed(string text) => text.Normalize(NormalizationForm.FormC);

    // Decomposed first: some letters are composed in lower case only (U+01F0), and the lower case of others isn't (U+0130).
    private static string Lowered(string local) => Composed(local.Normalize(NormalizationForm.FormD).ToLowerInvariant());

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

    private static bool IsInvisible(Rune rune) => IsIgnorable(rune.Value) || Rune.GetUnicodeCategory(rune) switch
    {
        // Persian and Indic words need the two joiners. All other invisible characters would only make different addresses look alike.
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        _ => false,
    };

    // The letters and marks with the property Default_Ignorable_Code_Point, and the empty pattern of Braille.
    private static bool IsIgnorable(int value) => value
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F)
        or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);

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
    // Lone surrogates and U+FFFE, which is not a character, can't be composed or stored.
    public static bool IsWellFormed(this string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || rune.Value == 0xFFFE)
                return false;
        }

        return true;
    }
}
