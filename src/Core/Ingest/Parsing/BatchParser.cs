using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Makes a <see cref="ParsedBatch"/> of a request body: one pass from UTF-8 JSON straight into columns. Never throws for what
/// somebody sent, allocates nothing
/// for an event whose words have come before, and holds on to nothing of the body.
/// </summary>
public static class BatchParser
{
    /// <summary>Parses, validates and scrubs a body.</summary>
    /// <param name="body">The decompressed body.</param>
    /// <param name="project">Whose events these are.</param>
    /// <param name="receivedAt">When the request came.</param>
    /// <param name="into">Cleared first. Where the body is no batch, it stays empty.</param>
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
            // Its own message repeats what it stumbled over.
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
