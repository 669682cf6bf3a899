using System.Diagnostics;

namespace TelemetryKit.Pipeline;

/// <summary>A bounded queue of events in a growing array. When it is full, the oldest events are dropped. Not thread-safe.</summary>
internal sealed class EventRing(int maxEvents, long maxBytes)
{
    private PendingEvent[] _events = new PendingEvent[16];
    private int _first;
    private long _bytes;

    public int Count;

    /// <summary>Adds an event. Returns the number of old events that were dropped for it.</summary>
    public int Add(in PendingEvent added)
    {
        var size = added.Size;
        var dropped = 0;
        for (; Count > 0 && (Count >= maxEvents || _bytes + size > maxBytes); dropped++)
            TryTake(out _);
        if (Count == _events.Length)
            Grow();
        Debug.Assert((_events.Length & (_events.Length - 1)) == 0, "The capacity is a power of two, so that indexes can be masked.");
        _events[(_first + Count++) & (_events.Length - 1)] = added;
        _bytes += size;
        return dropped;
    }

    public bool TryTake(out PendingEvent taken)
    {
        if (Count == 0)
        {
            taken = default;
            return false;
        }

        taken = _events[_first];
        _events[_first] = default;
        _first = (_first + 1) & (_events.Length - 1);
        Count--;
        _bytes -= taken.Size;
        return true;
    }

    private void Grow()
    {
        var larger = new PendingEvent[_events.Length * 2];
        for (var i = 0; i < Count; i++)
            larger[i] = _events[(_first + i) & (_events.Length - 1)];
        _events = larger;
        _first = 0;
    }
}
