using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// 64-bit hashes of names with a secret that the process chooses at its start. Names are untrusted: without the secret, neither names that
/// collide nor names that win a tie at a bound can be crafted. The hashes are never stored.
/// </summary>
internal static class NameHash
{
    private const ulong Multiplier = 0xD6E8FEB86659FD93;

    private static readonly ulong Secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong SecondSecret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>Returns the hash of a name. Every four characters are folded in by a 64 × 64 → 128-bit multiplication.</summary>
    public static ulong Of(ReadOnlySpan<char> name)
    {
        var bytes = MemoryMarshal.AsBytes(name);
        var hash = Secret ^ (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        ulong rest = 0;
        for (var i = 0; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << (8 * i);
        return StableHash.Mix(Fold(hash ^ rest) + hash);
    }

    // The secret is added in each step: with a state that is known once, the next block could be chosen to make any other.
    private static ulong Fold(ulong x)
    {
        var high = Math.BigMul(x ^ SecondSecret, Multiplier, out var low);
        return (high ^ low) + SecondSecret;
    }
}
