using System.Buffers.Binary;

namespace TelemetryKit.Core.Counters;

/// <summary>A growing buffer that writes the integers of the rollup format: unsigned LEB128 and fixed-width little-endian.</summary>
internal sealed class ByteWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public int Capacity => _buffer.Length;

    public void Clear() => _length = 0;

    public void Byte(byte value) => Append(1)[0] = value;

    public void Varint(ulong value)
    {
        var span = EnsureRoom(10);
        var n = 0;
        for (; value >= 0x80; value >>= 7)
            span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        _length += n;
    }

    public void Varint(long value) => Varint((ulong)value);

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Append(4), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Append(8), value);

    /// <summary>Appends <paramref name="length"/> zero bytes and returns them for the caller to fill.</summary>
    public Span<byte> Append(int length)
    {
        var span = EnsureRoom(length)[..length];
        span.Clear();
        _length += length;
        return span;
    }

    private Span<byte> EnsureRoom(int length)
    {
        if (_buffer.Length - _length < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        return _buffer.AsSpan(_length);
    }
}
