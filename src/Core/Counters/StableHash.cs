using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// 64-bit hashes that never change, because stored rollups depend on them: checksums, the elements of sets, and in version 1 the names that
/// a full table kept. They have no key, so collisions can be crafted: tables of names use <see cref="NameHash"/>.
/// </summary>
internal static class StableHash
{
    private const ulong Seed = 0x9E3779B97F4A7C15;
    private const ulong Multiplier = 0xD6E8FEB86659FD93;

    /// <summary>Returns the hash of a name. Every four characters are folded in by a 64 × 64 → 128-bit multiplication.</summary>
    public static ulong Of(ReadOnlySpan<char> name) => OfBytes(MemoryMarshal.AsBytes(name));

    /// <summary>Returns the hash of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        ulong rest = 0;
        for (var i = 0; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << (8 * i);
        return Mix(Fold(hash ^ rest) + hash);
    }

    /// <summary>Combines two hashes; the order matters.</summary>
    public static ulong Combine(ulong first, ulong second) => Mix((first * Multiplier) + second);

    /// <summary>
    /// Spreads a number over all 64 bits: a bijection that maps 0 to 0. David Stafford's variant 13 of the MurmurHash3 finaliser, as in
    /// SplitMix64.
    /// </summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static ulong Fold(ulong x)
    {
        var high = Math.BigMul(x, Multiplier, out var low);
        return high ^ low;
    }
}
