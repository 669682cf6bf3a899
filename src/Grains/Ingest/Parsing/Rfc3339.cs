using System.Buffers.Text;

namespace TelemetryKit.Grains.Ingest.Parsing;

/// <summary>Times as RFC 3339 writes them: 2026-11-20T10:30:00.123Z or with an offset.</summary>
internal static class Rfc3339
{
    public const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Microseconds since 1970-01-01 UTC. What is finer is cut off; a leap second is the next second.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[13] != ':' || text[16] != ':')
            return false;
        var valid = Number(text[..4], out var year) & Number(text[5..7], out var month) & Number(text[8..10], out var day)
            & Number(text[11..13], out var hour) & Number(text[14..16], out var minute) & Number(text[17..19], out var second);
        if (!valid || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
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
        var days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var seconds = (days * 86_400L) + (hour * 3_600) + (minute * 60) + second - (offset * 60);
        microseconds = (seconds * MicrosecondsPerSecond) + fraction;
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return text[0] is (byte)'Z' or (byte)'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' || !(Number(text[1..3], out var hour) & Number(text[4..6], out var minute)))
            return false;
        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return hour <= 23 && minute <= 59;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value) =>
        !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') & Utf8Parser.TryParse(digits, out value, out _);
}
