using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Ingest;

/// <summary>A body once decompressed. The first byte over <see cref="Limits.DecompressedBodyBytes"/> ends it, so a bomb costs no more than that.</summary>
internal sealed class DecompressedBody : Body
{
    // Segments stay below the size at which arrays go to the large object heap. Nothing pauses: the loop below is the only writer and bounds itself.
    private static readonly PipeOptions Segments = new(
        pool: MemoryPool<byte>.Shared, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
        minimumSegmentSize: 32 * 1024, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Segments);

    /// <summary>Decompresses, or finds the problem.</summary>
    public DecompressedBody(ReadOnlySequence<byte> compressed, ContentCoding coding, BodyBudget budget)
        : base(budget)
    {
        try
        {
            using var source = PipeReader.Create(compressed).AsStream();
            using var stream = Open(source, compressed, coding);
            Fill(stream);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            Problem = ProblemKind.InvalidEncoding.AsProblem();
        }

        _pipe.Writer.Complete();
        if (Problem is null && _pipe.Reader.TryRead(out var result))
            Bytes = result.Buffer;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _pipe.Reader.Complete();
        base.Dispose();
    }

    private void Fill(Stream stream)
    {
        for (long total = 0; ;)
        {
            var read = stream.Read(_pipe.Writer.GetSpan(4 * 1024));
            if (read == 0)
                return;
            total += read;
            if (total > Limits.DecompressedBodyBytes)
                Problem = ProblemKind.BodyTooLarge.With($"The body is larger than {Limits.DecompressedBodyBytes} bytes once decompressed.");
            if (Problem is not null || !TakeUpTo(total))
                return;
            _pipe.Writer.Advance(read);
        }
    }

    private static Stream Open(Stream source, ReadOnlySequence<byte> compressed, ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(source, CompressionMode.Decompress),
        ContentCoding.Brotli => new BrotliStream(source, CompressionMode.Decompress),
        ContentCoding.Deflate when IsZlib(compressed) => new ZLibStream(source, CompressionMode.Decompress),
        ContentCoding.Deflate => new DeflateStream(source, CompressionMode.Decompress),
        _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "is no compression"),
    };

    // "deflate" is the zlib format (RFC 9110, 8.4.1.2), but clients that send bare deflate data are as old as the header.
    private static bool IsZlib(ReadOnlySequence<byte> compressed)
    {
        if (compressed.Length < 2)
            return true;
        Span<byte> header = stackalloc byte[2];
        compressed.Slice(0, 2).CopyTo(header);
        return (header[0] & 0x0F) == 8 && ((header[0] << 8) | header[1]) % 31 == 0;
    }
}
