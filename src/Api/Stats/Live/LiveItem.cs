using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>An event of the live view.</summary>
/// <param name="Event">The event.</param>
/// <param name="Arrival">Its place in the order of arrival (<see cref="Arrivals.Numbers"/>).</param>
/// <param name="Batch">The batch with the event.</param>
/// <param name="Index">The index of the event in the batch.</param>
internal readonly record struct LiveItem(EventItem Event, long Arrival, EventBatch Batch, int Index)
{
    /// <summary>The position with which a client resumes after this event: it has the arrival in place of the timestamp.</summary>
    public EventCursor Cursor => new(Arrival, Event.EventId);
}
