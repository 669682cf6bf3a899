using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Ingest;

// Only for the OpenAPI document: IngestResponse writes the response without a serializer, and a test compares it with the document.

/// <summary>The result of a batch.</summary>
/// <param name="Received">The number of events in the request: accepted, duplicate and rejected ones.</param>
/// <param name="Accepted">The number of events that were counted.</param>
/// <param name="Duplicates">The number of events that were counted before, or that repeat another event of the same request.</param>
/// <param name="Rejected">The events that were not counted, ordered by index.</param>
internal sealed record VerdictsBody(int Received, int Accepted, int Duplicates, IReadOnlyList<RejectedBody> Rejected);

/// <summary>An event that was not counted.</summary>
/// <param name="Index">The index of the event in the request, from 0.</param>
/// <param name="Code">The stable code of the reason.</param>
/// <param name="Message">The reason as a sentence.</param>
/// <param name="EventId">The id of the event, if it has a valid one.</param>
internal sealed record RejectedBody(
    int Index, string Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? EventId = null);
