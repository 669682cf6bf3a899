using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Reading;

/// <summary>Keeps the newest events of all it is given: a page, and one more that says whether there is a next page.</summary>
internal sealed class PageBuilder(int limit, EventCursor? after)
{
    private const int Surplus = 4_096;
    private const long SurplusBytes = 16_000_000;

    private EventBatch _spare = new();

    /// <summary>Where events are put in any order; <see cref="Trim"/> sorts them and lets the surplus go.</summary>
    public EventBatch Events { get; private set; } = new();

    /// <summary>Whether so much has been put in that it should be trimmed before more is.</summary>
    public bool IsHeavy => Events.Count > limit + Surplus || Events.Bytes > SurplusBytes;

    /// <summary>Whether there is a page and one more.</summary>
    public bool IsFull => Events.Count > limit;

    /// <summary>The timestamp of the oldest event kept.</summary>
    public long Oldest => Events.Timestamp[Events.Count - 1];

    /// <summary>Sorts newest first, by timestamp, then id, then as they came, and keeps one more than the page holds.</summary>
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

    /// <summary>The page; nothing more may be added.</summary>
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
        var alike = 0;
        while (alike < Events.Count && IsAt(Events.Count - 1 - alike, timestamp, id))
            alike++;
        var isAsBefore = after is { } cursor && cursor.Timestamp == timestamp && cursor.EventId == id;
        return new EventCursor(timestamp, id, isAsBefore ? alike + after!.Value.Seen : alike);
    }

    private bool IsAt(int index, long timestamp, Guid id) => Events.Timestamp[index] == timestamp && Events.EventId[index] == id;
}
