using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>Polls the store once a second for all views of one project and environment. It ends when the last view is removed.</summary>
internal sealed class LiveFeed(Guid projectId, DataEnvironment environment, IEventStore store, TimeProvider time)
{
    private const int EventsAtStart = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<LiveView> _views = [];
    private ArrivalPosition? _position;
    private bool _isStarted;
    private bool _isClosed;

    /// <summary>Returns <c>true</c> to the first caller, which must run the feed.</summary>
    public bool TryStart()
    {
        lock (_lock)
            return !_isStarted && (_isStarted = true);
    }

    /// <summary>Closes the feed and all of its views.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _views.ForEach(view => view.Close());
        }
    }

    /// <summary>Adds a view. Returns <c>false</c> if the feed is closed; the caller must then create a new one.</summary>
    public bool TryAdd(LiveView view)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _views.Add(view);
            return true;
        }
    }

    /// <summary>Removes a view.</summary>
    public void Remove(LiveView view)
    {
        lock (_lock)
            _views.Remove(view);
    }

    /// <summary>Polls until the last view is removed.</summary>
    public async Task RunAsync()
    {
        var window = new LiveWindow();
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            Publish(window, await PollAsync(window));
        }
        while (await timer.WaitForNextTickAsync() && !CloseIfUnused());
    }

    private bool CloseIfUnused()
    {
        lock (_lock)
            return _isClosed = _views.Count == 0;
    }

    private void Publish(LiveWindow window, IReadOnlyList<LiveItem>? fresh)
    {
        lock (_lock)
        {
            foreach (var view in _views)
            {
                // A tick without events lets a view detect that its client has disconnected or its key was revoked.
                view.Send(fresh is null ? [] : view.IsStarted ? fresh : window.StartAfter(view.Seen, EventsAtStart));
                view.IsStarted |= fresh is not null;
            }
        }
    }

    private async Task<IReadOnlyList<LiveItem>?> PollAsync(LiveWindow window)
    {
        try
        {
            var arrivals = await store.ReadArrivalsAsync(
                projectId, environment, _position, Limits.LiveEvents, CancellationToken.None);
            var isFirst = _position is null;
            _position = arrivals.Next;
            var events = arrivals.Events;
            var fresh = window.Add(arrivals.Numbers.Select((number, i) => new LiveItem(EventItem.Of(events, i), number, events, i)));
            return isFirst ? [] : fresh;
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }
}
