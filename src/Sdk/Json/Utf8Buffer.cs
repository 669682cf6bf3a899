using System.Globalization;

namespace TelemetryKit.Json;

/// <summary>
/// A growing buffer of UTF-8 bytes with methods that write JSON. A custom writer, because netstandard2.0 has none without a package, and
/// because loading one takes longer than all telemetry of a short-lived tool.
/// </summary>
internal sealed class Utf8Buffer
{
    private const string HexDigits = "0123456789abcdef";

    // Fields rather than properties; OptionValues explains why.
    public byte[] Bytes = new byte[1024];
    public int Length;

    public byte[] ToArray()
    {
        var copy = new byte[Length];
        Buffer.BlockCopy(Bytes, 0, copy, 0, Length);
        return copy;
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Bytes, 0, Length);

    /// <summary>Decodes ASCII. Faster for a short-lived tool than loading the framework's decoder.</summary>
    public static string AsciiText(byte[] bytes, int offset, int count)
    {
        var text = new char[count];
        for (var i = 0; i < count; i++)
            text[i] = (char)bytes[offset + i];
        return new(text);
    }

    public void Byte(byte value)
    {
        Reserve(1);
        Bytes[Length++] = value;
    }

    public void Append(byte[] source, int offset, int count)
    {
        Reserve(count);
        Buffer.BlockCopy(source, offset, Bytes, Length, count);
        Length += count;
    }

    /// <summary>Writes ASCII text unchanged.</summary>
    public void Ascii(string text)
    {
        Reserve(text.Length);
        for (var i = 0; i < text.Length; i++)
            Bytes[Length++] = (byte)text[i];
    }

    /// <summary>Writes text as UTF-8, unescaped.</summary>
    public void Text(string text, int start, int count)
    {
        Reserve(count * 3);
        Length += System.Text.Encoding.UTF8.GetBytes(text, start, count, Bytes, Length);
    }

    /// <summary>Writes a JSON string, truncated to <paramref name="maxLength"/> UTF-16 code units.</summary>
    public void String(string text, int maxLength = int.MaxValue)
    {
        var length = text.Length <= maxLength ? text.Length : TruncatedLength(text, maxLength);
        // A UTF-16 code unit becomes at most six bytes, as in \u001f.
        Reserve(length * 6 + 2);
        Bytes[Length++] = (byte)'"';
        for (var i = 0; i < length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < '\x7f' and not ('"' or '\\'))
                Bytes[Length++] = (byte)c;
            else if (c < 0x80)
                Escape(c);
            else if (c < 0x800)
                WriteTwoBytes(c);
            else if (char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]))
                WriteFourBytes(char.ConvertToUtf32(c, text[++i]));
            else
                WriteThreeBytes(char.IsSurrogate(c) ? '\ufffd' : c);
        }

        Bytes[Length++] = (byte)'"';
    }

    /// <summary>Returns the length to truncate a longer text to, so that no surrogate pair is split.</summary>
    public static int TruncatedLength(string text, int maxLength) =>
        maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;

    public void Integer(long value)
    {
        if (value == long.MinValue)
        {
            Ascii("-9223372036854775808");
            return;
        }

        Reserve(20);
        if (value < 0)
        {
            Bytes[Length++] = (byte)'-';
            value = -value;
        }

        var digits = 1;
        for (var rest = value; rest >= 10; rest /= 10)
            digits++;
        for (var i = Length + digits - 1; i >= Length; i--, value /= 10)
            Bytes[i] = (byte)('0' + value % 10);
        Length += digits;
    }

    /// <summary>Writes a number. Writes null for NaN and infinity.</summary>
    public void Number(double value)
    {
        const double largestExact = 9_007_199_254_740_992;
        if (double.IsNaN(value) || double.IsInfinity(value))
            Ascii("null");
        else if (value == Math.Floor(value) && Math.Abs(value) < largestExact)
            Integer((long)value);
        else
            Ascii(value.ToString("R", CultureInfo.InvariantCulture));
    }

    public void Boolean(bool value) => Ascii(value ? "true" : "false");

    /// <summary>Writes a time as a JSON string such as <c>"2026-11-20T10:30:00.123Z"</c>.</summary>
    public void Time(long utcTicks)
    {
        var time = new DateTime(utcTicks, DateTimeKind.Utc);
        Reserve(26);
        Bytes[Length++] = (byte)'"';
        Digits(time.Year, 4, '-');
        Digits(time.Month, 2, '-');
        Digits(time.Day, 2, 'T');
        Digits(time.Hour, 2, ':');
        Digits(time.Minute, 2, ':');
        Digits(time.Second, 2, '.');
        Digits(time.Millisecond, 3, 'Z');
        Bytes[Length++] = (byte)'"';
    }

    /// <summary>Writes the 36 characters of a UUID.</summary>
    public void Uuid(ulong high, ulong low)
    {
        Hex(high, 60, 32);
        Byte((byte)'-');
        Hex(high, 28, 16);
        Byte((byte)'-');
        Hex(high, 12, 0);
        Byte((byte)'-');
        Hex(low, 60, 48);
        Byte((byte)'-');
        Hex(low, 44, 0);
    }

    /// <summary>Writes the hexadecimal digits of a value from one bit down to another; 60 and 0 write all of them.</summary>
    public void Hex(ulong value, int fromBit, int toBit)
    {
        Reserve(16);
        for (var bit = fromBit; bit >= toBit; bit -= 4)
            Bytes[Length++] = (byte)HexDigits[(int)(value >> bit) & 15];
    }

    private void Digits(int value, int count, char after)
    {
        for (var i = Length + count - 1; i >= Length; i--, value /= 10)
            Bytes[i] = (byte)('0' + value % 10);
        Length += count;
        Bytes[Length++] = (byte)after;
    }

    private void Escape(char c)
    {
        Bytes[Length++] = (byte)'\\';
        switch (c)
        {
            case '"' or '\\':
                Bytes[Length++] = (byte)c;
                break;
            case '\n':
                Bytes[Length++] = (byte)'n';
                break;
            case '\r':
                Bytes[Length++] = (byte)'r';
                break;
            case '\t':
                Bytes[Length++] = (byte)'t';
                break;
            default:
                Bytes[Length++] = (byte)'u';
                Bytes[Length++] = (byte)'0';
                Bytes[Length++] = (byte)'0';
                Bytes[Length++] = (byte)HexDigits[c >> 4];
                Bytes[Length++] = (byte)HexDigits[c & 15];
                break;
        }
    }

    private void WriteTwoBytes(int c)
    {
        Bytes[Length++] = (byte)(0xC0 | c >> 6);
        Bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void WriteThreeBytes(int c)
    {
        Bytes[Length++] = (byte)(0xE0 | c >> 12);
        Bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3F);
        Bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void WriteFourBytes(int c)
    {
        Bytes[Length++] = (byte)(0xF0 | c >> 18);
        Bytes[Length++] = (byte)(0x80 | c >> 12 & 0x3F);
        Bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3F);
        Bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Reserve(int count)
    {
        if (Bytes.Length - Length >= count)
            return;
        Array.Resize(ref Bytes, Math.Max(Bytes.Length * 2, Length + count));
    }
}
