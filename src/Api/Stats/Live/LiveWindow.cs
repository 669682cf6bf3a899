using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>
/// Tells the events of a project that are new from those that were shown, poll by poll. Events arrive in any order of their
/// timestamps, so newness is not a matter of time: an event is new when the page before didn't have it and had room for it.
/// </summary>
internal sealed class LiveWindow
{
    private readonly List<EventItem> _shown = [];
    private HashSet<Guid>? _pageBefore;
    private EventCursor? _pageBeforeEnd;

    /// <summary>Takes a page of the newest events, newest first, and answers those that are new, oldest first. Of the first page none is: that is what was there.</summary>
    /// <param name="page">The page.</param>
    /// <param name="limit">How many it could have held.</param>
    public IReadOnlyList<EventItem> Advance(IReadOnlyList<EventItem> page, int limit = Limits.LiveEvents)
    {
        var fresh = page.Where(IsNew).Reverse().ToArray();
        var isFirst = _pageBefore is null;
        _pageBefore = page.Select(e => e.EventId).ToHashSet();
        _pageBeforeEnd = page.Count < limit ? null : CursorOf(page[^1]);
        _shown.AddRange(fresh);
        if (_shown.Count > limit)
            _shown.RemoveRange(0, _shown.Count - limit);
        return isFirst ? [] : fresh;
    }

    /// <summary>What a view starts with: what came after the last event it saw, or the latest few where it has seen none.</summary>
    public IReadOnlyList<EventItem> StartAfter(EventCursor? seen, int few)
    {
        if (seen is not { } last)
            return _shown.Skip(_shown.Count - few).ToArray();
        var index = _shown.FindIndex(e => e.EventId == last.EventId);
        return index >= 0 ? _shown.Skip(index + 1).ToArray() : _shown.Where(e => IsAfter(CursorOf(e), last)).ToArray();
    }

    /// <summary>Where an event stands in the order of time.</summary>
    public static EventCursor CursorOf(EventItem item) => new((item.Timestamp - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, item.EventId);

    // An event that is older than a full page's last one was left out of it for want of room: it may have been there all along.
    private bool IsNew(EventItem item) =>
        _pageBefore?.Contains(item.EventId) != true && (_pageBeforeEnd is not { } end || IsAfter(CursorOf(item), end));

    private static bool IsAfter(EventCursor a, EventCursor b) =>
        a.Timestamp > b.Timestamp || (a.Timestamp == b.Timestamp && a.EventId.CompareTo(b.EventId) > 0);
}
