using System.Runtime.InteropServices;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// The second step of parsing, over the columns: sets version and context of each event, corrects its time, and removes events that are
/// too old, too far in the future, or duplicates within the request.
/// </summary>
internal readonly ref struct BatchFinisher(ParsedBatch into, ParseBuffers buffers)
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1_000;

    public void Finish(EventContext context, string? version, DateTimeOffset receivedAt, long? sentAt)
    {
        var events = into.Events;
        var received = (receivedAt - DateTimeOffset.UnixEpoch).Ticks / TicksPerMicrosecond;
        var shift = ClockShift(received, sentAt);
        var isDoubtful = Math.Abs(shift) > Limits.DoubtfulShift.Ticks / TicksPerMicrosecond;
        var oldest = received - (Limits.OldestEvent.Ticks / TicksPerMicrosecond);
        var furthest = received + (Limits.FurthestEvent.Ticks / TicksPerMicrosecond);
        var hasEventId = into.HasEventId;
        buffers.EventIds.Clear(events.Count);
        buffers.Removed.Clear();
        var system = new OwnSystem(context, buffers);
        for (var i = 0; i < events.Count; i++)
        {
            var own = events.Timestamp[i];
            var timestamp = own == EventReader.NoTimestamp ? received : own + shift;
            if (isDoubtful && own != EventReader.NoTimestamp && (timestamp < oldest || timestamp > furthest))
                timestamp = own;
            events.Timestamp[i] = timestamp;
            // What the batch sets has precedence over what an event has itself.
            events.Version[i] = version ?? events.Version[i];
            events.Context[i] = system.Complete(events.Context[i].Os);
            if (timestamp < oldest)
                Reject(i, DropReason.TooOld, $"timestamp is more than {Limits.OldestEvent.TotalDays:0} days ago.");
            else if (timestamp > furthest)
                Reject(i, DropReason.InTheFuture, $"timestamp is more than {Limits.FurthestEvent.TotalMinutes:0} minutes ahead.");
            else if (hasEventId[i] && !buffers.EventIds.Add(events.EventId, i))
                RemoveDuplicate(i);
        }

        if (buffers.Removed.Count > 0)
            into.Remove(CollectionsMarshal.AsSpan(buffers.Removed));
    }

    /// <summary>
    /// Returns the error of the client's clock in microseconds, or 0 if the clock is correct or the difference may be caused by a slow
    /// request. Section 3 of the protocol explains the thresholds.
    /// </summary>
    private static long ClockShift(long received, long? sentAt)
    {
        var shift = received - (sentAt ?? received);
        var isAhead = shift < -Limits.ClockAhead.Ticks / TicksPerMicrosecond;
        var isBehind = shift > Limits.ClockBehind.Ticks / TicksPerMicrosecond;
        return isAhead || isBehind ? shift : 0;
    }

    private void Reject(int index, DropReason reason, string message)
    {
        Guid? id = into.HasEventId[index] ? into.Events.EventId[index] : null;
        into.Reject(new(into.Index[index], id, reason, message));
        buffers.Removed.Add(index);
    }

    private void RemoveDuplicate(int index)
    {
        into.Duplicates++;
        buffers.Removed.Add(index);
    }
}
