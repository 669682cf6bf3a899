using System.Text.Json;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Parses RFC 3339 times, such as 2026-11-20T10:30:00.123Z.</summary>
internal static class Rfc3339
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>
    /// Reads the reader's current value as a time. It may be escaped: the default encoder of .NET writes <c>+</c> as <c>\u002B</c>.
    /// Returns false if it isn't a string with a time.
    /// </summary>
    public static bool TryRead(ref readonly Utf8JsonReader json, byte[] scratch, out long microseconds)
    {
        microseconds = 0;
        return json.TokenType == JsonTokenType.String
            && (!json.ValueIsEscaped || json.ValueSpan.Length <= scratch.Length)
            && JsonText.TryRead(in json, scratch, out var text)
            && TryParse(text, out microseconds);
    }

    /// <summary>
    /// Parses a time to microseconds since 1970-01-01 UTC. Finer fractions are truncated; a leap second is the next second.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
            return false;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            return false;
        var (year, month, day) = ((TwoDigits(text, 0) * 100) + TwoDigits(text, 2), TwoDigits(text, 5), TwoDigits(text, 8));
        var (hour, minute, second) = (TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17));
        if ((year | month | day | hour | minute | second) < 0)
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        if (hour > 23 || minute > 59 || second > 60)
            return false;

        var rest = text[19..];
        var fraction = 0;
        if (rest[0] == '.')
        {
            var digits = 1;
            for (var unit = 100_000; digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9'; digits++, unit /= 10)
                fraction += (rest[digits] - '0') * unit;
            if (digits == 1)
                return false;
            rest = rest[digits..];
        }

        if (!TryReadOffset(rest, out var offset))
            return false;
        var days = new DateOnly(year, month, day).DayNumber - EpochDay;
        var seconds = (days * 86_400L) + (hour * 3_600) + (minute * 60) + second - (offset * 60);
        microseconds = (seconds * MicrosecondsPerSecond) + fraction;
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return text[0] is (byte)'Z' or (byte)'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        var (hour, minute) = (TwoDigits(text, 1), TwoDigits(text, 4));
        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return hour is >= 0 and <= 23 && minute is >= 0 and <= 59;
    }

    /// <summary>
    /// Returns the value of two digits. If one isn't a digit, the result is so far below zero that any sum with it is negative.
    /// </summary>
    private static int TwoDigits(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = ((uint)text[at] - '0', (uint)text[at + 1] - '0');
        return tens <= 9 && ones <= 9 ? (int)((tens * 10) + ones) : int.MinValue / 1_000;
    }
}
