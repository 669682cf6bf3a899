using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>An event of a batch that was not counted, and why.</summary>
/// <param name="Index">Its index in the request's <c>events</c>, from 0.</param>
/// <param name="EventId">The id its sender gave it, where there is a valid one.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">A sentence for the author that names the field; never contains a value that was sent.</param>
public readonly record struct Rejection(int Index, Guid? EventId, DropReason Reason, string Message);
