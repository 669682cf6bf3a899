using System.Buffers;
using System.Text.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Api.Ingest;

/// <summary>Writes the response to a batch. Verdicts are written to a buffer of the thread and copied once, without allocations.</summary>
internal static class IngestResponse
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _ofThread;

    /// <summary>Writes the verdicts, or the problem if the batch was refused as a whole.</summary>
    public static Task WriteAsync(HttpContext http, IngestResult result) =>
        result.Status == IngestStatus.Done ? WriteVerdictsAsync(http.Response, result) : ProblemOf(result).WriteAsync(http);

    private static Problem ProblemOf(IngestResult result)
    {
        var kind = result.Status switch
        {
            IngestStatus.Malformed => ProblemKind.Malformed(result.Code),
            IngestStatus.QuotaExceeded => ProblemKind.QuotaExceeded,
            IngestStatus.RateLimited => ProblemKind.RateLimited,
            IngestStatus.Overloaded => ProblemKind.Overloaded,
            IngestStatus.StorageUnavailable => ProblemKind.StorageUnavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(result), result.Status, "The status is not a failure."),
        };
        return new Problem(kind, result.Message ?? kind.Summary) { RetryAfter = result.RetryAfter };
    }

    private static Task WriteVerdictsAsync(HttpResponse response, IngestResult result)
    {
        var (buffer, json) = _ofThread ??= New();
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        Write(json, result);
        json.Flush();

        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        var flush = response.BodyWriter.FlushAsync();
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }

    private static void Write(Utf8JsonWriter json, IngestResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("received"u8, result.Received);
        json.WriteNumber("accepted"u8, result.Accepted);
        json.WriteNumber("duplicates"u8, result.Duplicates);
        json.WriteStartArray("rejected"u8);
        for (var i = 0; i < result.Rejected.Count; i++)
            Write(json, result.Rejected[i]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Rejection rejection)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, rejection.Index);
        if (rejection.EventId is { } id)
            json.WriteString("event_id"u8, id);
        json.WriteString("code"u8, rejection.Reason.Code());
        json.WriteString("message"u8, rejection.Message);
        json.WriteEndObject();
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) New()
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        return (buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }));
    }
}
