using System.Diagnostics;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>
/// Finds the new events of a project in each poll. Events arrive in any order of their timestamps, so timestamps can't be used: an event
/// is new if the previous page didn't contain it and wasn't truncated before it.
/// </summary>
internal sealed class LiveWindow
{
    private readonly List<EventItem> _shown = [];
    private HashSet<Guid>? _pageBefore;
    private EventCursor? _pageBeforeEnd;

    /// <summary>
    /// Adds a page of the newest events, newest first, and returns the new ones, oldest first. For the first page it returns none.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="limit">The maximum number of events in the page.</param>
    public IReadOnlyList<EventItem> Advance(IReadOnlyList<EventItem> page, int limit = Limits.LiveEvents)
    {
        Debug.Assert(page.Count <= limit, "A page can't be larger than its limit.");
        var fresh = page.Where(IsNew).Reverse().ToArray();
        var isFirst = _pageBefore is null;
        _pageBefore = page.Select(e => e.EventId).ToHashSet();
        _pageBeforeEnd = page.Count < limit ? null : CursorOf(page[^1]);
        _shown.AddRange(fresh);
        if (_shown.Count > limit)
            _shown.RemoveRange(0, _shown.Count - limit);
        return isFirst ? [] : fresh;
    }

    /// <summary>
    /// Returns the initial events of a view: those after the last event that it received, or the newest <paramref name="few"/> if it has
    /// received none.
    /// </summary>
    public IReadOnlyList<EventItem> StartAfter(EventCursor? seen, int few)
    {
        if (seen is not { } last)
            return _shown.Skip(_shown.Count - few).ToArray();
        var index = _shown.FindIndex(e => e.EventId == last.EventId);
        return index >= 0 ? _shown.Skip(index + 1).ToArray() : _shown.Where(e => IsAfter(CursorOf(e), last)).ToArray();
    }

    /// <summary>Returns the position of an event in the order of time.</summary>
    public static EventCursor CursorOf(EventItem item) =>
        new((item.Timestamp - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, item.EventId);

    // If the previous page was full, events older than its last one were cut off. They may not be new.
    private bool IsNew(EventItem item) =>
        _pageBefore?.Contains(item.EventId) != true && (_pageBeforeEnd is not { } end || IsAfter(CursorOf(item), end));

    private static bool IsAfter(EventCursor a, EventCursor b) =>
        a.Timestamp > b.Timestamp || (a.Timestamp == b.Timestamp && a.EventId.CompareTo(b.EventId) > 0);
}
