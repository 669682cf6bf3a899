using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TelemetryKit.Storage.Database;

/// <summary>
/// Creates UUIDs of version 7 that are ordered by creation in this process, even within one millisecond and if the clock is set back
/// (RFC 9562, section 6.2, method 1: the timestamp is followed by a 12-bit counter, whose overflow increments the timestamp).
/// </summary>
internal static class TimeOrderedId
{
    private const int CounterBits = 12;

    // The newest id's milliseconds since 1970-01-01 UTC, followed by its counter.
    private static long _newest;

    public static Guid Next(DateTimeOffset now)
    {
        var wanted = now.ToUnixTimeMilliseconds() << CounterBits;
        long newest, next;
        do
        {
            newest = Volatile.Read(ref _newest);
            next = Math.Max(wanted, newest + 1);
        }
        while (Interlocked.CompareExchange(ref _newest, next, newest) != newest);

        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, (next >> CounterBits) << 16);
        var counter = (int)(next & ((1 << CounterBits) - 1));
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)(0x7000 | counter));
        RandomNumberGenerator.Fill(id[8..]);
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }
}
