using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Api.Ingest;

/// <summary>
/// Rejects all events of requests with <c>DNT: 1</c> or <c>Sec-GPC: 1</c>. The events are only counted, for the numbers in the response.
/// </summary>
internal sealed class DoNotTrack(TelemetryKitMetrics metrics)
{
    private const string Message = "The request asks not to be tracked (DNT or Sec-GPC); nothing was stored.";

    /// <summary>Returns whether the request has one of the headers. A header that occurs several times counts if one value is 1.</summary>
    public static bool IsRequested(IHeaderDictionary headers) => HasOne(headers["DNT"]) || HasOne(headers["Sec-GPC"]);

    /// <summary>Returns the result for a body. Only the number of its events is read.</summary>
    public IngestResult Reject(ReadOnlySequence<byte> body)
    {
        int? count;
        try
        {
            count = CountEvents(body);
        }
        // The reader throws InvalidOperationException for a property name with an unpaired surrogate, which can't be compared.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Malformed(ProblemKind.InvalidJson, ProblemKind.InvalidJson.Summary);
        }

        if (count is null)
            return Malformed(ProblemKind.InvalidBatch, "The body is not an object with an array \"events\".");
        if (count > Limits.EventsPerBatch)
            return Malformed(ProblemKind.TooManyEvents, $"A batch has at most {Limits.EventsPerBatch} events.");
        if (count > 0)
            metrics.Dropped(DropReason.DoNotTrack, count.Value);
        var rejected = new Rejection[count.Value];
        for (var i = 0; i < rejected.Length; i++)
            rejected[i] = new(i, null, DropReason.DoNotTrack, Message);
        return new() { Status = IngestStatus.Done, Received = rejected.Length, Rejected = rejected };
    }

    private static bool HasOne(StringValues header)
    {
        foreach (var line in header)
        {
            foreach (var value in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[value].Trim() is "1")
                    return true;
            }
        }

        return false;
    }

    private static IngestResult Malformed(ProblemKind kind, string message) =>
        new() { Status = IngestStatus.Malformed, Code = kind.Code, Message = message };

    private static int? CountEvents(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(WithoutMark(body));
        int? count = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEvents = reader.ValueTextEquals("events"u8);
            reader.Read();
            if (isEvents && reader.TokenType == JsonTokenType.StartArray)
                count = CountElements(ref reader);
            else
                reader.Skip();
        }

        // Throws if the object is followed by anything else.
        reader.Read();
        return count;
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> body)
    {
        var reader = new SequenceReader<byte>(body);
        reader.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        return reader.UnreadSequence;
    }

    private static int CountElements(ref Utf8JsonReader array)
    {
        var count = 0;
        while (array.Read() && array.TokenType != JsonTokenType.EndArray)
        {
            array.Skip();
            count++;
        }

        return count;
    }
}
