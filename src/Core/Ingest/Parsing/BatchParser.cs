using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Parses a request body into a <see cref="ParsedBatch"/>: one pass from UTF-8 JSON directly into columns. Never throws because of the
/// content, doesn't allocate for an event with known words, and keeps no reference to the body.
/// </summary>
public static class BatchParser
{
    /// <summary>Parses, validates and scrubs a body.</summary>
    /// <param name="body">The decompressed body.</param>
    /// <param name="project">The project that the events belong to.</param>
    /// <param name="receivedAt">The time when the request was received.</param>
    /// <param name="into">The result. Cleared first; empty if the body is not a batch.</param>
    public static ParseOutcome Parse(ReadOnlySpan<byte> body, Project project, DateTimeOffset receivedAt, ParsedBatch into)
    {
        into.Clear();
        if (body.StartsWith(Encoding.UTF8.Preamble))
            body = body[Encoding.UTF8.Preamble.Length..];
        var outcome = Read(body, project, receivedAt, into);
        if (!outcome.IsBatch)
            into.Clear();
        return outcome;
    }

    private static ParseOutcome Read(ReadOnlySpan<byte> body, Project project, DateTimeOffset receivedAt, ParsedBatch into)
    {
        if (!Utf8.IsValid(body))
            return new(ParseOutcome.InvalidJson, $"The body is not UTF-8: {Place.Of(body, FirstInvalid(body))}.");
        try
        {
            return new BatchReader(body, project, receivedAt, into).Read();
        }
        catch (JsonException fault)
        {
            // The exception's own message contains content of the body.
            var place = new Place(fault.LineNumber ?? 0, fault.BytePositionInLine ?? 0);
            return new(ParseOutcome.InvalidJson, $"The body is not JSON, or nested too deeply: {place}.");
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}
