using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>Polls the store once a second for all views of one project and environment, while there is one.</summary>
internal sealed class LiveFeed(Guid projectId, DataEnvironment environment, IEventStore store, TimeProvider time)
{
    private const int EventsAtStart = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // What is "live": older events that arrive now, from an offline queue, are in the explorer and in every count.
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly List<LiveView> _views = [];
    private bool _isStarted;
    private bool _isOver;

    /// <summary>True for the one caller that must run the feed.</summary>
    public bool TryStart()
    {
        lock (_lock)
            return !_isStarted && (_isStarted = true);
    }

    /// <summary>Ends the feed, whoever is still watching.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isOver = true;
            _views.ForEach(view => view.Close());
        }
    }

    /// <summary>Adds a view; false where the feed has ended, and the caller makes a new one.</summary>
    public bool TryAdd(LiveView view)
    {
        lock (_lock)
        {
            if (_isOver)
                return false;
            _views.Add(view);
            return true;
        }
    }

    /// <summary>Takes a view away.</summary>
    public void Remove(LiveView view)
    {
        lock (_lock)
            _views.Remove(view);
    }

    /// <summary>Polls until the last view is gone.</summary>
    public async Task RunAsync()
    {
        var window = new LiveWindow();
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            Publish(window, await PollAsync(window));
        }
        while (await timer.WaitForNextTickAsync() && !IsOver());
    }

    private bool IsOver()
    {
        lock (_lock)
            return _isOver = _views.Count == 0;
    }

    private void Publish(LiveWindow window, IReadOnlyList<EventItem>? fresh)
    {
        lock (_lock)
        {
            foreach (var view in _views)
            {
                // A tick without events lets a view notice that its viewer has gone or its key was revoked.
                view.Send(fresh is null ? [] : view.IsStarted ? fresh : window.StartAfter(view.Seen, EventsAtStart));
                view.IsStarted |= fresh is not null;
            }
        }
    }

    private async Task<IReadOnlyList<EventItem>?> PollAsync(LiveWindow window)
    {
        var now = time.GetUtcNow();
        var query = new EventQuery(projectId, environment, Microseconds(now - Recent), Microseconds(now + Limits.FurthestEvent)) { Limit = Limits.LiveEvents };
        try
        {
            var page = await store.ReadPageAsync(query, CancellationToken.None);
            return window.Advance(Enumerable.Range(0, page.Events.Count).Select(i => EventItem.Of(page.Events, i)).ToArray());
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
