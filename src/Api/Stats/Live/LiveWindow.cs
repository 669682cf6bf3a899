using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>The events of a project that arrived last, in the order of arrival.</summary>
/// <param name="limit">The maximum number of events.</param>
internal sealed class LiveWindow(int limit = Limits.LiveEvents)
{
    private readonly List<LiveItem> _shown = [];

    /// <summary>Adds events that arrived and returns those that the window doesn't contain yet.</summary>
    public IReadOnlyList<LiveItem> Add(IEnumerable<LiveItem> arrived)
    {
        var ids = _shown.Select(shown => shown.Event.EventId).ToHashSet();
        var fresh = arrived.Where(e => ids.Add(e.Event.EventId)).ToArray();
        _shown.AddRange(fresh);
        _shown.RemoveRange(0, Math.Max(0, _shown.Count - limit));
        return fresh;
    }

    /// <summary>
    /// Returns the initial events of a view: those after the last event that it received, or the last <paramref name="few"/> if it has
    /// received none.
    /// </summary>
    public IReadOnlyList<LiveItem> StartAfter(EventCursor? seen, int few)
    {
        if (seen is not { } last)
            return _shown.TakeLast(few).ToArray();
        var index = _shown.FindIndex(shown => shown.Event.EventId == last.EventId);
        return index >= 0 ? _shown[(index + 1)..] : _shown.FindAll(shown => shown.Arrival > last.Timestamp);
    }
}
