using System.Runtime.InteropServices;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// The second half of parsing, over the columns: gives each event what its batch says, corrects its time, and takes out those
/// that are too old, too far ahead, or in
/// the request twice.
/// </summary>
internal readonly ref struct BatchFinisher(ParsedBatch into, ParseBuffers buffers)
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1_000;

    public void Finish(EventContext context, string? version, DateTimeOffset receivedAt, long? sentAt)
    {
        var events = into.Events;
        var received = (receivedAt - DateTimeOffset.UnixEpoch).Ticks / TicksPerMicrosecond;
        var shift = ClockShift(received, sentAt);
        var oldest = received - (Limits.OldestEvent.Ticks / TicksPerMicrosecond);
        var furthest = received + (Limits.FurthestEvent.Ticks / TicksPerMicrosecond);
        var hasEventId = into.HasEventId;
        buffers.EventIds.Clear(events.Count);
        buffers.Removed.Clear();
        for (var i = 0; i < events.Count; i++)
        {
            var timestamp = events.Timestamp[i] == EventReader.NoTimestamp ? received : events.Timestamp[i] + shift;
            events.Timestamp[i] = timestamp;
            events.Version[i] = version;
            events.Context[i] = context;
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
    /// Microseconds by which the client's clock is wrong; 0 where it isn't, or where it can't be told from a request that was
    /// under way for long. The reasoning is
    /// in section 3 of the protocol.
    /// </summary>
    private static long ClockShift(long received, long? sentAt)
    {
        var shift = received - (sentAt ?? received);
        return shift < -Limits.ClockAhead.Ticks / TicksPerMicrosecond || shift > Limits.ClockBehind.Ticks / TicksPerMicrosecond ? shift : 0;
    }

    private void Reject(int place, DropReason reason, string message)
    {
        Guid? id = into.HasEventId[place] ? into.Events.EventId[place] : null;
        into.Reject(new(into.Index[place], id, reason, message));
        buffers.Removed.Add(place);
    }

    private void RemoveDuplicate(int place)
    {
        into.Duplicates++;
        buffers.Removed.Add(place);
    }
}
