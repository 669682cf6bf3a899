using System.Globalization;
using System.Text;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>Values that programs are known to handle wrongly.</summary>
internal static class HostileValues
{
    private static readonly string[] Texts =
    [
        "", " ", ".", "..", "../../etc/passwd", "%2e%2e", "a/b", "%2F", "/", "//", "\\", "a?b#c", "a&b=c", "+", "\0", "a\0b",
        "\t\r\n", "\r\nX-Injected: 1", "\u007f", "\u0085", "\u00a0", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff", "\ufffd",
        "\ufffe", "\uffff", "\ud800", "a\udc00b", "👩‍👩‍👧‍👦", "علی‌رضا", "🚀", "e" + new string('\u0301', 1_000),
        new string('a', 128), new string('a', 129), new string('a', 10_000), new string('字', 1_024),
        string.Concat(Enumerable.Repeat("🚀", 128)), string.Concat(Enumerable.Repeat("🚀", 1_024)), "null", "true", "-1", "0", "00",
        "1.5", "1e400", "NaN", "Infinity", "2147483648", "-2147483649", "9223372036854775808", "٣", "0001-01-01", "1999-12-31",
        "2999-12-31", "9999-12-31", "2026-02-30", "-2026-01-01", "2026-13", "0001-01", "9999-12", "2026-11-29T10:00:00Z",
        "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "2026-11-29T24:00:00+99:99",
        "2026-11-29T23:59:60Z", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "{01234567-89ab-cdef-0123-456789abcdef}", "0123456789abcdef", "tk_live_" + new string('z', 32),
        "tk_read_" + new string('z', 32), "tk_pat_" + new string('z', 32), "tk_pat_", "tk_session", "(none)", "other", "meta.",
        "meta.\0", "meta.flags", "type", "version", "__proto__", "$type", "$ref", "' or 1=1 --", "\"; drop table events; --", "%",
        "_", "*", "<script>alert(1)</script>", "=1+1", "@sum", "{{7*7}}", "evil.example/pay", "http://evil.example",
        "www.evil.example", "a@b", "é@example.org", "ada@bücher.example", "a@" + new string('b', 250) + ".example",
        "\"a b\"@example.org", "a@[127.0.0.1]", "a@example.org\r\nBcc: b@example.org", "bad\u0000name@example.org",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", new string('_', 43), new string('A', 43), "123456", "000 000",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "366", "8760", "36500", "1000001", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e19", "1e39", "1e308",
        "1e400", "-1e400", "1e-400", "0.1", "1.0", new string('9', 100),
    ];

    public static string Text(Random random) => Texts[random.Next(Texts.Length)];

    public static string Number(Random random) => Numbers[random.Next(Numbers.Length)];

    /// <summary>Returns the JSON of any value.</summary>
    public static string Json(Random random) => random.Next(12) switch
    {
        0 => "null",
        1 => "true",
        2 => "[]",
        3 => "{}",
        4 => new string('[', 80) + new string(']', 80),
        5 => """{"a":{"b":[1,"c",null]}}""",
        6 or 7 => Number(random),
        8 => $"[{Number(random)},{Quoted(Text(random))}]",
        _ => Quoted(Text(random)),
    };

    /// <summary>Returns a JSON string in ASCII: only an escape can be a lone surrogate.</summary>
    public static string Quoted(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                json.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                json.Append(c);
        }

        return json.Append('"').ToString();
    }

    /// <summary>Returns the percent encoding of a text. A lone surrogate becomes its three bytes, which are not UTF-8.</summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                escaped.Append(Uri.EscapeDataString(text.AsSpan(i++, 2)));
            else if (char.IsSurrogate(text[i]))
                escaped.Append(CultureInfo.InvariantCulture, $"%ED%{0x80 | ((text[i] >> 6) & 0x3f):X2}%{0x80 | (text[i] & 0x3f):X2}");
            else
                escaped.Append(Uri.EscapeDataString(text[i].ToString()));
        }

        return escaped.ToString();
    }
}
