namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Whether a body is a batch. Faults of single events are not here but among <see cref="ParsedBatch.Rejected"/>.
/// </summary>
/// <param name="Code">Why it isn't, as answers say it; <c>null</c> where it is one.</param>
/// <param name="Message">A sentence for the author that names the place; never contains anything that was sent.</param>
public readonly record struct ParseOutcome(string? Code, string? Message)
{
    /// <summary>The body is no JSON, or no UTF-8.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>The body is JSON, but no batch.</summary>
    public const string InvalidBatch = "invalid_batch";

    /// <summary>More than <see cref="Limits.EventsPerBatch"/> events.</summary>
    public const string TooManyEvents = "too_many_events";

    /// <summary>Whether the body is a batch.</summary>
    public bool IsBatch => Code is null;
}
