using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Ingest;

// For the OpenAPI document alone: IngestAnswer writes the answer by hand, and a test holds the two together.

/// <summary>What became of a batch's events.</summary>
/// <param name="Received">Events in the request: accepted + duplicates + the length of rejected.</param>
/// <param name="Accepted">Events counted now.</param>
/// <param name="Duplicates">Events that had been counted before, or that repeat another of the same request.</param>
/// <param name="Rejected">Events that were not counted, by index.</param>
internal sealed record VerdictsBody(int Received, int Accepted, int Duplicates, IReadOnlyList<RejectedBody> Rejected);

/// <summary>An event that was not counted.</summary>
/// <param name="Index">Its place in the request's events, from 0.</param>
/// <param name="Code">Why, in one stable word.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="EventId">Its id, where a valid one was sent.</param>
internal sealed record RejectedBody(
    int Index, string Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? EventId = null);
