using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Text;

/// <summary>
/// A fast 64-bit hash of short texts for tables in memory (128-bit multiply and fold, as in wyhash). The seed is random in each process,
/// so that collisions can't be crafted. Hashes are never stored or sent.
/// </summary>
internal static class Utf8Hash
{
    private const ulong Multiplier1 = 0x9e3779b97f4a7c15;
    private const ulong Multiplier2 = 0xd1b54a32d192ed03;

    /// <summary>The seed of this process.</summary>
    public static readonly ulong Seed = RandomSeed();

    public static ulong RandomSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    public static ulong Compute(ReadOnlySpan<byte> utf8) => Compute(utf8, Seed);

    public static ulong Compute(ReadOnlySpan<byte> utf8, ulong seed)
    {
        ulong first, last;
        var length = utf8.Length;
        // Both factors of each product depend on the seed: a text that makes one of them zero, so that the rest of the text has no
        // effect, can't be crafted.
        seed ^= Multiplier1;
        var mask = seed * Multiplier2;
        if (length > 16)
        {
            var rest = utf8;
            for (; rest.Length > 16; rest = rest[16..])
                seed = Fold(Read64(rest) ^ mask, Read64(rest[8..]) ^ seed);
            first = Read64(utf8[^16..]);
            last = Read64(utf8[^8..]);
        }
        else if (length >= 8)
        {
            first = Read64(utf8);
            last = Read64(utf8[^8..]);
        }
        else if (length >= 4)
        {
            first = MemoryMarshal.Read<uint>(utf8);
            last = MemoryMarshal.Read<uint>(utf8[^4..]);
        }
        else
        {
            first = length == 0 ? 0 : ((ulong)utf8[0] << 16) | ((ulong)utf8[length >> 1] << 8) | utf8[length - 1];
            last = 0;
        }

        return Fold(Multiplier2 ^ (ulong)length, Fold(first ^ mask, last ^ seed));
    }

    private static ulong Read64(ReadOnlySpan<byte> utf8) => MemoryMarshal.Read<ulong>(utf8);

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
