using System.Buffers.Binary;

namespace TelemetryKit.Core.Counters;

/// <summary>Reads what <see cref="ByteWriter"/> wrote; whatever doesn't fit is a <see cref="RollupFormatException"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly int Left => _rest.Length;

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

        throw new RollupFormatException("A number is cut off or too large.");
    }

    /// <summary>A number from 0 to <paramref name="most"/>.</summary>
    public long Varint(long most)
    {
        var value = Varint();
        if (value > (ulong)most || most < 0)
            throw new RollupFormatException("A number is larger than it can be.");
        return (long)value;
    }

    /// <summary>How many things follow of which each takes at least <paramref name="size"/> bytes, so that a false count can't ask for more memory than the data is long.</summary>
    public int Length(int size = 1) => (int)Varint(_rest.Length / size);

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw new RollupFormatException("The data is cut off.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
