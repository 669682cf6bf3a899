using System.Numerics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// Caches the HMACs of identities, because an install sends many events. It has a fixed size; of two identities with the same slot, the
/// newer one stays.
/// <para>
/// The cache must not be a list of plain user ids in memory. So a key consists of two seeded 64-bit hashes of the project's secret and
/// the value: with 128 bits, accidental collisions don't occur, and the seeds are random in each process, so collisions can't be crafted.
/// A memory dump reveals no ids without the seeds, which exist only in the process.
/// </para>
/// <para>
/// It has no locks: a slot is three words that are written separately. Two of them are the halves of the key xor-ed with the value, so a
/// reader of a partly written slot finds a different key and computes the hash.
/// </para>
/// </summary>
internal sealed class IdentityCache
{
    private static readonly ulong Seed1 = Utf8Hash.RandomSeed();
    private static readonly ulong Seed2 = Utf8Hash.RandomSeed();
    private readonly Slot[] _slots;

    /// <summary>Creates a cache of <paramref name="size"/> slots, a power of two.</summary>
    public IdentityCache(int size)
    {
        if (!BitOperations.IsPow2(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, "The size must be a power of two.");
        _slots = new Slot[size];
    }

    /// <summary>Returns the key of an identity.</summary>
    public static (ulong High, ulong Low) KeyOf(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> value)
    {
        // All bytes of the secret are random, so the first eight identify the project.
        var project = MemoryMarshal.Read<ulong>(secret);
        return (Utf8Hash.Compute(value, Seed1 ^ project), Utf8Hash.Compute(value, Seed2 + project));
    }

    public bool TryGet((ulong High, ulong Low) key, out long hash)
    {
        ref var slot = ref _slots[key.Low & (ulong)(_slots.Length - 1)];
        var value = Volatile.Read(ref slot.Value);
        hash = (long)value;
        var high = Volatile.Read(ref slot.High) ^ value;
        var low = Volatile.Read(ref slot.Low) ^ BitOperations.RotateLeft(value, 32);
        return value != 0 && (high, low) == key;
    }

    public void Set((ulong High, ulong Low) key, long hash)
    {
        ref var slot = ref _slots[key.Low & (ulong)(_slots.Length - 1)];
        var value = (ulong)hash;
        Volatile.Write(ref slot.Value, value);
        Volatile.Write(ref slot.High, key.High ^ value);
        Volatile.Write(ref slot.Low, key.Low ^ BitOperations.RotateLeft(value, 32));
    }

    private struct Slot
    {
        public ulong Value;
        public ulong High;
        public ulong Low;
    }
}
