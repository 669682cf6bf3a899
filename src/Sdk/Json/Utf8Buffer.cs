using System.Globalization;

namespace TelemetryKit.Json;

/// <summary>
/// A growing array of UTF-8 bytes with what is needed to write JSON into it. Our own, because netstandard2.0 has no JSON writer
/// without a package, and because loading one costs a short-lived tool more than all of its telemetry.
/// </summary>
internal sealed class Utf8Buffer
{
    private const string HexDigits = "0123456789abcdef";

    // Fields, here and in other types that every run uses: at each start the runtime has to compile every accessor it meets.
    public byte[] Bytes = new byte[1024];
    public int Length;

    public byte[] ToArray()
    {
        var copy = new byte[Length];
        Buffer.BlockCopy(Bytes, 0, copy, 0, Length);
        return copy;
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Bytes, 0, Length);

    /// <summary>ASCII as a text. The framework's decoder takes longer to load than a short-lived tool has.</summary>
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

    /// <summary>Writes ASCII text as it is.</summary>
    public void Ascii(string text)
    {
        Reserve(text.Length);
        for (var i = 0; i < text.Length; i++)
            Bytes[Length++] = (byte)text[i];
    }

    /// <summary>Writes text as UTF-8, as it is.</summary>
    public void Text(string text, int start, int count)
    {
        Reserve(count * 3);
        Length += System.Text.Encoding.UTF8.GetBytes(text, start, count, Bytes, Length);
    }

    /// <summary>Writes a JSON string of at most <paramref name="maxLength"/> characters of the text.</summary>
    public void String(string text, int maxLength = int.MaxValue)
    {
        var length = text.Length <= maxLength ? text.Length : CutAt(text, maxLength);
        // Six bytes is the longest that one UTF-16 unit becomes: \u001f.
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
                Two(c);
            else if (char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]))
                Four(char.ConvertToUtf32(c, text[++i]));
            else
                Three(char.IsSurrogate(c) ? '\ufffd' : c);
        }

        Bytes[Length++] = (byte)'"';
    }

    /// <summary>Where to cut a text that is longer than a bound: there, or before a character that the bound would cut in half.</summary>
    public static int CutAt(string text, int maxLength) => maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;

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

    /// <summary>Writes a number; what JSON has no number for becomes null.</summary>
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

    /// <summary>Writes a time as JSON: <c>"2026-11-20T10:30:00.123Z"</c>.</summary>
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

    /// <summary>Writes hexadecimal digits of a value, from one bit down to another; 60 and 0 are all of them.</summary>
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

    private void Two(int c)
    {
        Bytes[Length++] = (byte)(0xC0 | c >> 6);
        Bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Three(int c)
    {
        Bytes[Length++] = (byte)(0xE0 | c >> 12);
        Bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3F);
        Bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Four(int c)
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
