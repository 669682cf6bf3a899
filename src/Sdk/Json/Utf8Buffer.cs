using System.Globalization;

namespace TelemetryKit.Json;

/// <summary>
/// A growing array of UTF-8 bytes with what is needed to write JSON into it. Our own, because netstandard2.0 has no JSON writer
/// without a package, and because loading one costs a short-lived tool more than all of its telemetry.
/// </summary>
internal sealed class Utf8Buffer
{
    private const string Hex = "0123456789abcdef";

    private byte[] _bytes = new byte[1024];

    public byte[] Bytes => _bytes;

    public int Length { get; set; }

    public byte[] ToArray()
    {
        var copy = new byte[Length];
        Buffer.BlockCopy(_bytes, 0, copy, 0, Length);
        return copy;
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(_bytes, 0, Length);

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Append(byte[] source, int offset, int count)
    {
        Reserve(count);
        Buffer.BlockCopy(source, offset, _bytes, Length, count);
        Length += count;
    }

    /// <summary>Writes ASCII text as it is.</summary>
    public void Ascii(string text)
    {
        Reserve(text.Length);
        for (var i = 0; i < text.Length; i++) _bytes[Length++] = (byte)text[i];
    }

    /// <summary>Writes text as UTF-8, as it is.</summary>
    public void Text(string text, int start, int count)
    {
        Reserve(count * 3);
        Length += System.Text.Encoding.UTF8.GetBytes(text, start, count, _bytes, Length);
    }

    /// <summary>Writes a JSON string of at most <paramref name="maxLength"/> characters of the text.</summary>
    public void String(string text, int maxLength = int.MaxValue)
    {
        var length = Math.Min(text.Length, maxLength);
        // Six bytes is the longest that one UTF-16 unit becomes: \u001f.
        Reserve(length * 6 + 2);
        _bytes[Length++] = (byte)'"';
        for (var i = 0; i < length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < '\x7f' and not ('"' or '\\')) _bytes[Length++] = (byte)c;
            else if (c < 0x80) Escape(c);
            else if (c < 0x800) Two(c);
            else if (char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]))
                Four(char.ConvertToUtf32(c, text[++i]));
            else Three(char.IsSurrogate(c) ? '\ufffd' : c);
        }
        _bytes[Length++] = (byte)'"';
    }

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
            _bytes[Length++] = (byte)'-';
            value = -value;
        }
        var digits = 1;
        for (var rest = value; rest >= 10; rest /= 10) digits++;
        for (var i = Length + digits - 1; i >= Length; i--, value /= 10) _bytes[i] = (byte)('0' + value % 10);
        Length += digits;
    }

    /// <summary>Writes a number; what JSON has no number for becomes null.</summary>
    public void Number(double value)
    {
        const double largestExact = 9_007_199_254_740_992;
        if (double.IsNaN(value) || double.IsInfinity(value)) Ascii("null");
        else if (value == Math.Floor(value) && Math.Abs(value) < largestExact) Integer((long)value);
        else Ascii(value.ToString("R", CultureInfo.InvariantCulture));
    }

    public void Boolean(bool value) => Ascii(value ? "true" : "false");

    /// <summary>Writes a time as JSON: <c>"2026-11-20T10:30:00.123Z"</c>.</summary>
    public void Time(long utcTicks)
    {
        var time = new DateTime(utcTicks, DateTimeKind.Utc);
        Reserve(26);
        _bytes[Length++] = (byte)'"';
        Digits(time.Year, 4, '-');
        Digits(time.Month, 2, '-');
        Digits(time.Day, 2, 'T');
        Digits(time.Hour, 2, ':');
        Digits(time.Minute, 2, ':');
        Digits(time.Second, 2, '.');
        Digits(time.Millisecond, 3, 'Z');
        _bytes[Length++] = (byte)'"';
    }

    /// <summary>Writes a value as 16 hexadecimal digits.</summary>
    public void Hex64(ulong value) => HexDigits(value, 60, 0);

    /// <summary>Writes the 36 characters of a UUID.</summary>
    public void Uuid(ulong high, ulong low)
    {
        HexDigits(high, 60, 32);
        Byte((byte)'-');
        HexDigits(high, 28, 16);
        Byte((byte)'-');
        HexDigits(high, 12, 0);
        Byte((byte)'-');
        HexDigits(low, 60, 48);
        Byte((byte)'-');
        HexDigits(low, 44, 0);
    }

    private void HexDigits(ulong value, int fromBit, int toBit)
    {
        Reserve(16);
        for (var bit = fromBit; bit >= toBit; bit -= 4) _bytes[Length++] = (byte)Hex[(int)(value >> bit) & 15];
    }

    private void Digits(int value, int count, char after)
    {
        for (var i = Length + count - 1; i >= Length; i--, value /= 10) _bytes[i] = (byte)('0' + value % 10);
        Length += count;
        _bytes[Length++] = (byte)after;
    }

    private void Escape(char c)
    {
        _bytes[Length++] = (byte)'\\';
        switch (c)
        {
            case '"' or '\\':
                _bytes[Length++] = (byte)c;
                break;
            case '\n':
                _bytes[Length++] = (byte)'n';
                break;
            case '\r':
                _bytes[Length++] = (byte)'r';
                break;
            case '\t':
                _bytes[Length++] = (byte)'t';
                break;
            default:
                _bytes[Length++] = (byte)'u';
                _bytes[Length++] = (byte)'0';
                _bytes[Length++] = (byte)'0';
                _bytes[Length++] = (byte)Hex[c >> 4];
                _bytes[Length++] = (byte)Hex[c & 15];
                break;
        }
    }

    private void Two(int c)
    {
        _bytes[Length++] = (byte)(0xC0 | c >> 6);
        _bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Three(int c)
    {
        _bytes[Length++] = (byte)(0xE0 | c >> 12);
        _bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3F);
        _bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Four(int c)
    {
        _bytes[Length++] = (byte)(0xF0 | c >> 18);
        _bytes[Length++] = (byte)(0x80 | c >> 12 & 0x3F);
        _bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3F);
        _bytes[Length++] = (byte)(0x80 | c & 0x3F);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length >= count) return;
        Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}
