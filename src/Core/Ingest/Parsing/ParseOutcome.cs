namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>The result of parsing a body as a batch. Errors of single events are in <see cref="ParsedBatch.Rejected"/>.</summary>
/// <param name="Code">The error code of the response; <c>null</c> if the body is a batch.</param>
/// <param name="Message">A message with the position; never contains content of the body. <c>null</c> if the body is a batch.</param>
public readonly record struct ParseOutcome(string? Code, string? Message)
{
    /// <summary>The body is not JSON, or not UTF-8.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>The body is JSON, but not a batch.</summary>
    public const string InvalidBatch = "invalid_batch";

    /// <summary>More than <see cref="Limits.EventsPerBatch"/> events.</summary>
    public const string TooManyEvents = "too_many_events";

    /// <summary>Whether the body is a batch.</summary>
    public bool IsBatch => Code is null;
}
