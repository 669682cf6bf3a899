using System.Buffers.Binary;

namespace TelemetryKit.Core.Counters;

/// <summary>A growing buffer of bytes with the integers of the rollup's format: unsigned LEB128 and fixed little-endian.</summary>
internal sealed class ByteWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public int Capacity => _buffer.Length;

    public void Clear() => _length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Varint(ulong value)
    {
        var span = Room(10);
        var n = 0;
        for (; value >= 0x80; value >>= 7)
            span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        _length += n;
    }

    public void Varint(long value) => Varint((ulong)value);

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Appends so many bytes, cleared, for the caller to fill.</summary>
    public Span<byte> Take(int length)
    {
        var span = Room(length)[..length];
        span.Clear();
        _length += length;
        return span;
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _length < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        return _buffer.AsSpan(_length);
    }
}
