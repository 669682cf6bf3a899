using System.Collections.Concurrent;
using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>The active feeds. Limits the number of open views per project and in total.</summary>
internal sealed partial class LiveFeeds(IEventStore store, TimeProvider time, ILogger<LiveFeeds> log)
{
    private readonly ConcurrentDictionary<(Guid, DataEnvironment), LiveFeed> _feeds = new();
    private readonly ProjectShare _share = new(Limits.LiveViewsPerProject);
    private int _views;

    /// <summary>The number of active feeds.</summary>
    public int Count => _feeds.Count;

    /// <summary>Opens a view. Returns <c>null</c> if too many views are open. Disposing the returned object closes the view.</summary>
    public IDisposable? TryOpen(Guid projectId, DataEnvironment environment, LiveView view)
    {
        if (!_share.TryTake(projectId))
            return null;
        if (Interlocked.Increment(ref _views) > Limits.LiveViews)
        {
            Release(projectId);
            return null;
        }

        while (true)
        {
            var feed = _feeds.GetOrAdd((projectId, environment), _ => new(projectId, environment, store, time));
            if (!feed.TryAdd(view))
                continue;
            if (feed.TryStart())
                _ = RunAsync((projectId, environment), feed);
            return new Closing(this, projectId, feed, view);
        }
    }

    private void Release(Guid projectId)
    {
        Interlocked.Decrement(ref _views);
        _share.GiveBack(projectId);
    }

    private async Task RunAsync((Guid, DataEnvironment) id, LiveFeed feed)
    {
        try
        {
            await feed.RunAsync();
        }
        catch (Exception e)
        {
            LogFailed(log, e);
        }
        finally
        {
            _feeds.TryRemove(new(id, feed));
            feed.Close();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A live feed failed; its views are closed, and clients may reconnect")]
    private static partial void LogFailed(ILogger log, Exception fault);

    private sealed class Closing(LiveFeeds feeds, Guid projectId, LiveFeed feed, LiveView view) : IDisposable
    {
        public void Dispose()
        {
            feed.Remove(view);
            feeds.Release(projectId);
        }
    }
}
