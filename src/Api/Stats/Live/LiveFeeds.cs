using System.Collections.Concurrent;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>
/// The active feeds. Limits the number of open views of a project, a tenant, a source and in total. If all are open, the newest view of
/// the tenant with the most ends, unless the tenant of the new view has as many.
/// </summary>
internal sealed partial class LiveFeeds(IEventStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger<LiveFeeds> log)
{
    private readonly ConcurrentDictionary<(Guid, DataEnvironment), LiveFeed> _feeds = new();
    private readonly SharedBudget _shares = new(Resources.LiveViews);
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, List<OpenView>> _byTenant = [];

    /// <summary>The number of active feeds.</summary>
    public int Count => _feeds.Count;

    /// <summary>Opens a view. Returns <c>null</c> if too many views are open. Disposing the returned object closes the view.</summary>
    /// <param name="project">The project.</param>
    /// <param name="environment">Live or test.</param>
    /// <param name="view">The view.</param>
    /// <param name="source">The source that reads it.</param>
    public IDisposable? TryOpen(ProjectRef project, DataEnvironment environment, LiveView view, in SourceNetworks source = default)
    {
        var parties = new Parties(project.TenantId, Guid.Empty, source, project.ProjectId);
        if (TryTake(parties) is { } full)
        {
            metrics.Refused(_shares.Resource.Stage, full.Code());
            return null;
        }

        var open = new OpenView(this, parties, view);
        lock (_lock)
        {
            if (!_byTenant.TryGetValue(project.TenantId, out var views))
                _byTenant.Add(project.TenantId, views = []);
            views.Add(open);
        }

        while (true)
        {
            var feed = _feeds.GetOrAdd((project.ProjectId, environment), _ => new(project.ProjectId, environment, store, time));
            if (!feed.TryAdd(view))
                continue;
            open.Feed = feed;
            if (feed.TryStart())
                _ = RunAsync((project.ProjectId, environment), feed);
            return open;
        }
    }

    private PartyKind? TryTake(in Parties parties)
    {
        while (true)
        {
            if (_shares.TryTake(in parties, 1) is not { } full)
                return null;
            if (full != PartyKind.Process || NewestOfLargest(parties.TenantId) is not { } other)
                return full;
            metrics.Refused(_shares.Resource.Stage, PartyKind.Tenant.Code());
            other.Release();
            other.View.Close();
        }
    }

    /// <summary>Returns a view of the tenant with the most, or <c>null</c> if the given tenant would have as many with one more.</summary>
    private OpenView? NewestOfLargest(Guid tenantId)
    {
        lock (_lock)
        {
            var largest = _byTenant.Values.MaxBy(views => views.Count);
            return largest?.Count > (_byTenant.GetValueOrDefault(tenantId)?.Count ?? 0) + 1 ? largest[^1] : null;
        }
    }

    private void Release(OpenView open)
    {
        lock (_lock)
        {
            if (!_byTenant.TryGetValue(open.Parties.TenantId, out var views) || !views.Remove(open))
                return;
            if (views.Count == 0)
                _byTenant.Remove(open.Parties.TenantId);
        }

        _shares.Return(open.Parties, 1);
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

    private sealed class OpenView(LiveFeeds feeds, Parties parties, LiveView view) : IDisposable
    {
        public Parties Parties => parties;

        public LiveView View => view;

        public LiveFeed? Feed { get; set; }

        /// <summary>Releases its share. Only the first call has an effect.</summary>
        public void Release() => feeds.Release(this);

        public void Dispose()
        {
            Feed?.Remove(view);
            Release();
        }
    }
}
