using System.Buffers;
using System.Buffers.Binary;

namespace TelemetryKit.Api.Ingest;

/// <summary>
/// A compressed body as the stream that a decompressor reads. It detects bodies that end too early or too late, which the decompressors of
/// the framework accept.
/// </summary>
internal sealed class CompressedBytes : Stream
{
    // Header and trailer of gzip (RFC 1952). The trailer ends with the length of the data.
    private const int GzipFrameBytes = 18;
    private const int GzipLengthBytes = 4;
    private readonly ReadOnlySequence<byte> _all;
    private readonly ContentCoding _coding;
    private ReadOnlySequence<byte> _rest;
    private bool _isReadPastEnd;

    /// <summary>Creates a stream over a body.</summary>
    public CompressedBytes(ReadOnlySequence<byte> bytes, ContentCoding coding) => (_all, _rest, _coding) = (bytes, bytes, coding);

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Returns whether the body is complete and nothing follows it. Call it when the decompressor returned all data.</summary>
    /// <param name="decompressed">The bytes of data that the decompressor returned.</param>
    public bool IsExact(long decompressed)
    {
        // A gzip decompressor reads on, because another member could follow. The protocol has one.
        if (_coding != ContentCoding.Gzip)
            return _rest.IsEmpty && !_isReadPastEnd;
        return _all.Length >= GzipFrameBytes && GzipLength(in _all) == (uint)decompressed;
    }

    /// <summary>Returns the length of the data, modulo 2^32, that the trailer of a gzip body contains; 0 if it has none.</summary>
    public static long GzipLength(in ReadOnlySequence<byte> compressed)
    {
        if (compressed.Length < GzipLengthBytes)
            return 0;
        Span<byte> length = stackalloc byte[GzipLengthBytes];
        compressed.Slice(compressed.Length - GzipLengthBytes).CopyTo(length);
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        _isReadPastEnd |= _rest.IsEmpty;
        // The last byte alone: a decompressor that doesn't need it leaves it.
        var read = (int)Math.Min(buffer.Length, Math.Max(Math.Min(_rest.Length, 1), _rest.Length - 1));
        _rest.Slice(0, read).CopyTo(buffer);
        _rest = _rest.Slice(read);
        return read;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
