using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Reading;

/// <summary>Keeps the newest of the added events: those of a page and one more, which indicates that there is a next page.</summary>
internal sealed class PageBuilder(int limit, EventCursor? after)
{
    private const int Surplus = 4_096;
    private const long SurplusBytes = 16_000_000;

    private EventBatch _spare = new();

    /// <summary>The events. The caller adds them in any order; <see cref="Trim"/> sorts them and removes the surplus.</summary>
    public EventBatch Events { get; private set; } = new();

    /// <summary>Whether so much was added that <see cref="Trim"/> should be called before more is.</summary>
    public bool IsHeavy => Events.Count > limit + Surplus || Events.Bytes > SurplusBytes;

    /// <summary>Whether there are more events than a page has.</summary>
    public bool IsFull => Events.Count > limit;

    /// <summary>The timestamp of the oldest event. Valid after <see cref="Trim"/>.</summary>
    public long Oldest => Events.Timestamp[Events.Count - 1];

    /// <summary>Sorts the events, newest first, by timestamp, id and order of addition, and keeps those of the page and one more.</summary>
    public void Trim()
    {
        var from = Events;
        var order = Enumerable.Range(0, from.Count).ToArray();
        Array.Sort(order, (a, b) => from.Timestamp[b].CompareTo(from.Timestamp[a]) is not 0 and var byTime ? byTime
            : from.EventId[b].CompareTo(from.EventId[a]) is not 0 and var byId ? byId : a.CompareTo(b));
        _spare.Clear();
        foreach (var index in order.AsSpan(0, Math.Min(order.Length, limit + 1)))
            _spare.CopyFrom(from, index);
        (Events, _spare) = (_spare, from);
    }

    /// <summary>Returns the page. No more events may be added.</summary>
    public EventPage Build()
    {
        if (!IsFull)
            return new EventPage(Events, null);
        Events.Truncate(limit);
        return new EventPage(Events, CursorAtEnd());
    }

    private EventCursor CursorAtEnd()
    {
        var (timestamp, id) = (Oldest, Events.EventId[Events.Count - 1]);
        var equal = 0;
        while (equal < Events.Count && IsAt(Events.Count - 1 - equal, timestamp, id))
            equal++;
        var continuesCursor = after is { } cursor && cursor.Timestamp == timestamp && cursor.EventId == id;
        return new EventCursor(timestamp, id, continuesCursor ? equal + after!.Value.Seen : equal);
    }

    private bool IsAt(int index, long timestamp, Guid id) => Events.Timestamp[index] == timestamp && Events.EventId[index] == id;
}
