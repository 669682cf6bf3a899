using System.Numerics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// Spares the HMAC of an identity that was hashed before: an install sends many events. Fixed size; the newer of two that share a
/// place stays.
/// <para>
/// It must not become a list of plain user ids in memory. So it holds none: an identity is known by two seeded 64-bit hashes over
/// the project's secret
/// and the value, 128 bits together, too many for two identities ever to meet by accident, with seeds that are drawn in each
/// process, so nobody can aim for it.
/// A memory dump shows numbers that mean nothing without the secrets, which never last longer than the process.
/// </para>
/// <para>
/// No locks: a place is three words, written one by one. Two of them are the key's halves xor-ed with the value, so a reader that
/// meets a half-written
/// place finds a key that isn't its own, and computes.
/// </para>
/// </summary>
internal sealed class IdentityCache
{
    private static readonly ulong Seed1 = Utf8Hash.RandomSeed();
    private static readonly ulong Seed2 = Utf8Hash.RandomSeed();
    private readonly Place[] _places;

    /// <summary>Makes a cache of so many places, a power of two.</summary>
    public IdentityCache(int size)
    {
        if (!BitOperations.IsPow2(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, "must be a power of two");
        _places = new Place[size];
    }

    /// <summary>What stands for an identity here.</summary>
    public static (ulong High, ulong Low) KeyOf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> value)
    {
        // The secret is random throughout: its first bytes tell projects apart as well as all of them.
        var project = MemoryMarshal.Read<ulong>(secret);
        return (Utf8Hash.Compute(value, Seed1 ^ project), Utf8Hash.Compute(value, Seed2 + project));
    }

    public bool TryGet((ulong High, ulong Low) key, out long hash)
    {
        ref var place = ref _places[key.Low & (ulong)(_places.Length - 1)];
        var value = Volatile.Read(ref place.Value);
        hash = (long)value;
        var high = Volatile.Read(ref place.High) ^ value;
        var low = Volatile.Read(ref place.Low) ^ BitOperations.RotateLeft(value, 32);
        return value != 0 && (high, low) == key;
    }

    public void Set((ulong High, ulong Low) key, long hash)
    {
        ref var place = ref _places[key.Low & (ulong)(_places.Length - 1)];
        var value = (ulong)hash;
        Volatile.Write(ref place.Value, value);
        Volatile.Write(ref place.High, key.High ^ value);
        Volatile.Write(ref place.Low, key.Low ^ BitOperations.RotateLeft(value, 32));
    }

    private struct Place
    {
        public ulong Value;
        public ulong High;
        public ulong Low;
    }
}
