using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>An event of a batch that was not counted, and why.</summary>
/// <param name="Index">The index of the event in the request's <c>events</c>, from 0.</param>
/// <param name="EventId">The event's id from the client; <c>null</c> if there is no valid one.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Message">A message that names the field; never contains a value from the request.</param>
public readonly record struct Rejection(int Index, Guid? EventId, DropReason Reason, string Message);
