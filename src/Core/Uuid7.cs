using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TelemetryKit.Core;

/// <summary>
/// Creates UUIDs of version 7 (RFC 9562) as <see cref="Guid.CreateVersion7(DateTimeOffset)"/> does, but draws the random bits of many at
/// once: a request may need a thousand, and the framework asks the kernel for each.
/// </summary>
public static class Uuid7
{
    private const int RandomBytes = 10;
    private const int Drawn = 100;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _left;

    /// <summary>Creates an id with a time, in milliseconds, and 74 random bits from a cryptographic generator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1970.</exception>
    public static Guid New(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, milliseconds << 16);
        Draw(id[^RandomBytes..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }

    private static void Draw(Span<byte> into)
    {
        var random = _random ??= new byte[RandomBytes * Drawn];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(random);
            _left = Drawn;
        }

        // Taken from the end, and never again.
        random.AsSpan(--_left * RandomBytes, RandomBytes).CopyTo(into);
    }
}
