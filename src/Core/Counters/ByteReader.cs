using System.Buffers.Binary;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Reads the data of a <see cref="ByteWriter"/>. Throws <see cref="RollupFormatException"/> if the data is too short or a number is out
/// of range.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly int Remaining => _rest.Length;

    public readonly bool IsNextZero => _rest.Length > 0 && _rest[0] == 0;

    public byte Byte() => Take(1)[0];

    public ulong Varint()
    {
        ulong value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var b = _rest[i];
            if (i == 9 && b > 1)
                break;
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new RollupFormatException("A number is truncated or too large.");
    }

    /// <summary>Reads a number from 0 to <paramref name="most"/>.</summary>
    public long Varint(long most)
    {
        var value = Varint();
        if (value > (ulong)most || most < 0)
            throw new RollupFormatException("A number is out of range.");
        return (long)value;
    }

    /// <summary>
    /// Reads the number of items that follow, each of at least <paramref name="size"/> bytes. A wrong count can't cause an allocation
    /// larger than the remaining data.
    /// </summary>
    public int Length(int size = 1) => (int)Varint(_rest.Length / size);

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw new RollupFormatException("The data is truncated.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
