using System.Globalization;
using TelemetryKit.Json;

namespace TelemetryKit.Platform;

/// <summary>
/// Creates version 7 UUIDs (RFC 9562): 48 bits of Unix milliseconds, a counter that orders the ids of a millisecond, then random bits.
/// These come from SplitMix64 with one random seed per instance, because reading random bytes from the system is too slow for recording
/// an event. Not thread-safe.
/// </summary>
internal sealed class Uuid7
{
    private readonly ulong _mask;
    private ulong _state;
    private ulong _last;
    private ulong _counter;

    public Uuid7()
    {
        var seed = Guid.NewGuid().ToByteArray();
        _state = BitConverter.ToUInt64(seed, 0);
        _mask = BitConverter.ToUInt64(seed, 8);
    }

    /// <summary>Writes the 36 characters of a new UUID.</summary>
    public void Write(Utf8Buffer json, long utcTicks)
    {
        var high = High(utcTicks);
        json.Uuid(high, Low());
    }

    /// <summary>Creates a UUID, as 32 hexadecimal digits.</summary>
    public string Create(DateTimeOffset time)
    {
        var high = High(time.UtcTicks);
        var digits = new Utf8Buffer();
        digits.Hex(high, 60, 0);
        digits.Hex(Low(), 60, 0);
        return Utf8Buffer.AsciiText(digits.Bytes, 0, digits.Length);
    }

    /// <summary>Returns when a UUID of 32 hexadecimal digits was created, or null if it is not a version 7 UUID.</summary>
    public static DateTimeOffset? TimeOf(string digits)
    {
        if (digits.Length != 32 || digits[12] != '7')
            return null;
        return long.TryParse(digits.Substring(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ms)
            && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
    }

    private ulong High(long utcTicks)
    {
        const long unixEpochTicks = 621_355_968_000_000_000;
        var milliseconds = (ulong)((utcTicks - unixEpochTicks) / TimeSpan.TicksPerMillisecond) & 0xFFFF_FFFF_FFFF;
        // Starting in the lower half leaves 2,048 ids per millisecond before the counter wraps around.
        _counter = milliseconds == _last ? _counter + 1 : Random() & 0x07FF;
        _last = milliseconds;
        return milliseconds << 16 | 0x7000 | _counter & 0x0FFF;
    }

    private ulong Low() => 0x8000_0000_0000_0000 | Random() >> 2;

    private ulong Random()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31 ^ _mask;
        }
    }
}
