using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Ingest;

/// <summary>
/// A decompressed body, or the problem with it. Decompression stops at <see cref="Limits.DecompressedBodyBytes"/>, which bounds the cost of
/// a decompression bomb. Disposing returns the memory.
/// </summary>
internal sealed class DecompressedBody : IDisposable
{
    // The segments are smaller than objects of the large object heap. The writer never pauses, because Fill bounds what it writes.
    private static readonly PipeOptions Segments = new(
        pool: MemoryPool<byte>.Shared,
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        minimumSegmentSize: 32 * 1024,
        useSynchronizationContext: false);

    private const int UsualRatio = 10;

    private readonly Pipe _pipe = new(Segments);
    private readonly UnpackedBudget _budget;
    private readonly BodyOwner _owner;
    private UnpackedLease? _lease;

    /// <summary>Decompresses a body, and sets <see cref="Problem"/> if that fails.</summary>
    public DecompressedBody(ReadOnlySequence<byte> compressed, ContentCoding coding, UnpackedBudget budget, BodyOwner owner)
    {
        (_budget, _owner) = (budget, owner);
        try
        {
            using var source = new CompressedBytes(compressed, coding);
            using var stream = Open(source, compressed, coding);
            Fill(stream);
            if (Problem is null && !source.IsExact(Unpacked))
                Problem = ProblemKind.InvalidEncoding.With("The compressed body is truncated, or something follows it.");
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            Problem = ProblemKind.InvalidEncoding.AsProblem();
        }

        _pipe.Writer.Complete();
        if (Problem is null && _pipe.Reader.TryRead(out var result))
            Bytes = result.Buffer;
    }

    /// <summary>The bytes. They are valid until this object is disposed.</summary>
    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>The bytes that were decompressed, also if there is a problem.</summary>
    public long Unpacked { get; private set; }

    /// <summary>The problem with the body, or <c>null</c> if it was decompressed.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>
    /// Returns the expected number of decompressed bytes, before anything is decompressed: that of the trailer if the coding has one, which
    /// must be right (<see cref="CompressedBytes.IsExact"/>), or that of usual batches.
    /// </summary>
    public static long ExpectedBytes(in ReadOnlySequence<byte> compressed, ContentCoding coding)
    {
        var expected = coding == ContentCoding.Gzip ? CompressedBytes.GzipLength(in compressed) : compressed.Length * UsualRatio;
        return Math.Clamp(expected, Math.Min(compressed.Length, Limits.DecompressedBodyBytes), Limits.DecompressedBodyBytes);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Bytes = default;
        _pipe.Reader.Complete();
        _lease?.Dispose();
    }

    private void Fill(Stream stream)
    {
        while (true)
        {
            var read = stream.Read(_pipe.Writer.GetSpan(4 * 1024));
            if (read == 0)
                return;
            Unpacked += read;
            if (Unpacked > Limits.DecompressedBodyBytes)
                Problem = ProblemKind.BodyTooLarge.With($"The decompressed body is larger than {Limits.DecompressedBodyBytes} bytes.");
            else if (!TryGrow(Unpacked))
                Problem = ProblemKind.Overloaded.With("Too many bodies are being decompressed at once. Send the same batch again.");
            if (Problem is not null)
                return;
            _pipe.Writer.Advance(read);
        }
    }

    // A small body needs no lease: it is held only while this thread processes it.
    private bool TryGrow(long total)
    {
        if (total <= Limits.SmallBodyBytes)
            return true;
        _lease ??= _budget.Open(_owner);
        return _lease.TryGrow(total);
    }

    private static Stream Open(Stream source, ReadOnlySequence<byte> compressed, ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(source, CompressionMode.Decompress),
        ContentCoding.Brotli => new BrotliStream(source, CompressionMode.Decompress),
        ContentCoding.Deflate when IsZlib(compressed) => new ZLibStream(source, CompressionMode.Decompress),
        ContentCoding.Deflate => new DeflateStream(source, CompressionMode.Decompress),
        _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "The coding is not a compression."),
    };

    // "deflate" is the zlib format (RFC 9110, 8.4.1.2), but some clients send raw deflate data.
    private static bool IsZlib(ReadOnlySequence<byte> compressed)
    {
        if (compressed.Length < 2)
            return true;
        Span<byte> header = stackalloc byte[2];
        compressed.Slice(0, 2).CopyTo(header);
        return (header[0] & 0x0F) == 8 && ((header[0] << 8) | header[1]) % 31 == 0;
    }
}
