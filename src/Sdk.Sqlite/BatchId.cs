using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TelemetryKit.Sqlite;

/// <summary>Creates version 7 UUIDs (RFC 9562): 48 bits of Unix milliseconds, then random bits. .NET 8 has no method for this.</summary>
internal static class BatchId
{
    public static Guid Create(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFF));
        bytes[8] = (byte)(0x80 | bytes[8] & 0x3F);
        var milliseconds = time.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(milliseconds >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)milliseconds);
        return new(bytes, bigEndian: true);
    }
}
