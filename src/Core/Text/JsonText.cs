using System.Buffers;
using System.Text.Json;

namespace TelemetryKit.Core.Text;

/// <summary>Reads and writes JSON strings, without exceptions and in one canonical form.</summary>
internal static class JsonText
{
    /// <summary>The maximum number of JSON bytes for one byte of text: <c>\u001f</c>.</summary>
    public const int MaxExpansion = 6;

    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    /// <summary>
    /// Reads the reader's current string or property name: a slice of the input if nothing is escaped, and otherwise unescaped into
    /// <paramref name="scratch"/>, which must be at least as long as the raw value. Returns false if an escape is an unpaired surrogate.
    /// </summary>
    public static bool TryRead(ref readonly Utf8JsonReader json, Span<byte> scratch, out ReadOnlySpan<byte> utf8)
    {
        utf8 = json.ValueSpan;
        if (!json.ValueIsEscaped)
            return true;
        if (!TryUnescape(utf8, scratch, out var written))
            return false;
        utf8 = scratch[..written];
        return true;
    }

    /// <summary>Writes a JSON string with quotes, and with escapes only where JSON requires them.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        var target = output.GetSpan((utf8.Length * MaxExpansion) + 2);
        output.Advance(Write(target, utf8));
    }

    /// <summary>
    /// Writes a JSON string into a buffer of at least <see cref="MaxExpansion"/> times the text's length plus 2. Returns the number of
    /// bytes written.
    /// </summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> utf8)
    {
        target[0] = (byte)'"';
        var written = 1;
        while (true)
        {
            var clean = utf8.IndexOfAny(Escaped);
            var run = clean < 0 ? utf8 : utf8[..clean];
            run.CopyTo(target[written..]);
            written += run.Length;
            if (clean < 0)
                break;
            written += WriteEscape(target[written..], utf8[clean]);
            utf8 = utf8[(clean + 1)..];
        }

        target[written++] = (byte)'"';
        return written;
    }

    /// <summary>Returns the number of code points of valid UTF-8.</summary>
    public static int Length(ReadOnlySpan<byte> utf8)
    {
        var continuations = 0;
        foreach (var b in utf8)
            continuations += (b & 0xc0) == 0x80 ? 1 : 0;
        return utf8.Length - continuations;
    }

    private static int WriteEscape(Span<byte> target, byte value)
    {
        target[0] = (byte)'\\';
        target[1] = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        if (target[1] != 'u')
            return 2;
        "00"u8.CopyTo(target[2..]);
        target[4] = (byte)('0' + (value >> 4));
        target[5] = "0123456789abcdef"u8[value & 15];
        return 6;
    }

    private static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> target, out int written)
    {
        written = 0;
        while (true)
        {
            var backslash = raw.IndexOf((byte)'\\');
            var run = backslash < 0 ? raw : raw[..backslash];
            run.CopyTo(target[written..]);
            written += run.Length;
            if (backslash < 0)
                return true;
            raw = raw[backslash..];
            // The reader has validated the escapes, so these ranges are never out of bounds.
            if (raw[1] != 'u')
            {
                target[written++] = Unescaped(raw[1]);
                raw = raw[2..];
                continue;
            }

            int rune = Hex4(raw[2..]);
            raw = raw[6..];
            if (rune is >= 0xd800 and <= 0xdfff)
            {
                if (rune > 0xdbff || !raw.StartsWith("\\u"u8) || Hex4(raw[2..]) is not (>= 0xdc00 and <= 0xdfff and var low))
                    return false;
                rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
                raw = raw[6..];
            }

            // PostgreSQL's jsonb can't store U+0000, and a single one would fail every query over its project: it becomes the
            // replacement character.
            written += new System.Text.Rune(rune == 0 ? 0xfffd : rune).EncodeToUtf8(target[written..]);
        }
    }

    private static byte Unescaped(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    private static int Hex4(ReadOnlySpan<byte> hex)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
            value = (value << 4) | (hex[i] <= '9' ? hex[i] - '0' : (hex[i] | 0x20) - 'a' + 10);
        return value;
    }
}
