using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

/// <summary>The simplest commit store: one transaction at a time, in memory. Faults can be injected before each step.</summary>
internal sealed class MemoryCommitStore : ICommitStore
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public HashSet<BatchKey> Keys { get; private set; } = [];

    public Dictionary<(Guid Tenant, DateOnly Month, DataEnvironment Environment), long> Usage { get; private set; } = [];

    /// <summary>Usage by day, project and environment.</summary>
    public Dictionary<(UsageDay Day, Guid Project, DataEnvironment Environment), long> UsageDays { get; } = [];

    /// <summary>The billed events, by tenant and hour.</summary>
    public Dictionary<(Guid Tenant, DateTimeOffset Hour), long> Overage { get; } = [];

    public Dictionary<(InstallScope Scope, long Install), DateOnly> Installs { get; private set; } = [];

    /// <summary>The generation of the installs of every scope.</summary>
    public long Generation { get; set; }

    public List<Guid> EventIds { get; } = [];

    public List<RollupDelta> Deltas { get; } = [];

    /// <summary>The number of installs that were looked up.</summary>
    public int LookedUp { get; private set; }

    public List<int> GroupSizes { get; } = [];

    /// <summary>The number of failed attempts to commit in one step.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Called before each step with its name and the events that it writes, if any. The step fails if this throws.</summary>
    public Action<string, IReadOnlyList<CommitEvents>>? BeforeStep { get; set; }

    public long Counted => Deltas.Sum(d => Rollup.Read(d.Data.Span).Events);

    public ICommitStore Rehearsal => throw new NotSupportedException();

    /// <summary>The number of times that keys were looked up.</summary>
    public int KeyLookUps { get; private set; }

    public Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken)
    {
        KeyLookUps++;
        BeforeStep?.Invoke("find", []);
        return Task.FromResult(keys.All(Keys.Contains));
    }

    public async Task<ICommit> BeginAsync(CancellationToken cancellationToken)
    {
        BeforeStep?.Invoke("begin", []);
        await _one.WaitAsync(cancellationToken);
        return new Commit(this);
    }

    private sealed class Commit(MemoryCommitStore store) : ICommit
    {
        private HashSet<BatchKey> _keys = [.. store.Keys];
        private Dictionary<(Guid, DateOnly, DataEnvironment), long> _usage = new(store.Usage);
        private readonly Dictionary<(InstallScope, long), DateOnly> _installs = new(store.Installs);

        public bool CanTry => true;

        public async Task<bool> TryCommitAsync(
            IReadOnlyList<BatchKey> keys,
            IReadOnlyList<QuotaRequest> quotas,
            IReadOnlyList<InstallGeneration> generations,
            DateTimeOffset receivedAt,
            IReadOnlyList<CommitEvents> events,
            IReadOnlyList<RollupDelta> deltas,
            CancellationToken cancellationToken)
        {
            var (isNew, granted, _) = await ReserveAsync(keys, quotas, [], receivedAt, cancellationToken);
            if (isNew.Contains(false) || generations.Any(known => known.Generation != store.Generation)
                || !granted.SequenceEqual(quotas.Select(q => q.Wanted)))
            {
                (_keys, _usage) = ([.. store.Keys], new(store.Usage));
                store.Conflicts++;
                return false;
            }

            await WriteAndCommitAsync(events, deltas, cancellationToken);
            return true;
        }

        public async Task<Reserved> ReserveAsync(
            IReadOnlyList<BatchKey> keys,
            IReadOnlyList<QuotaRequest> quotas,
            IReadOnlyList<InstallScope> scopes,
            DateTimeOffset receivedAt,
            CancellationToken cancellationToken)
        {
            await Task.Yield();
            store.BeforeStep?.Invoke("reserve", []);
            Assert.Equal(keys.Count, keys.Distinct().Count());
            return new([.. keys.Select(_keys.Add)], [.. quotas.Select(Reserve)], [.. scopes.Select(_ => store.Generation)]);
        }

        public Task ReleaseAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaRelease> quotas, CancellationToken cancellationToken)
        {
            foreach (var key in keys)
                Assert.True(_keys.Remove(key));
            foreach (var quota in quotas)
                _usage[(quota.TenantId, quota.Month, quota.Environment)] -= quota.Events;
            return Task.CompletedTask;
        }

        private long Reserve(QuotaRequest quota)
        {
            var used = _usage.GetValueOrDefault((quota.TenantId, quota.Month, quota.Environment));
            var fits = quota.Limit is { } limit ? Math.Clamp(limit - used, 0, quota.Wanted) : quota.Wanted;
            _usage[(quota.TenantId, quota.Month, quota.Environment)] = used + fits;
            return fits;
        }

        public Task<FirstDayChange[]> AddInstallsAsync(IReadOnlyList<SeenInstall> installs, CancellationToken cancellationToken)
        {
            store.LookedUp += installs.Count;
            return Task.FromResult<FirstDayChange[]>([.. installs.Select(Add)]);
        }

        private FirstDayChange Add(SeenInstall seen)
        {
            var key = (new InstallScope(seen.ProjectId, seen.Environment), seen.Install);
            DateOnly? former = _installs.TryGetValue(key, out var day) ? day : null;
            if (former <= seen.Day)
                return default;
            _installs[key] = seen.Day;
            return new(true, former);
        }

        public async Task WriteAndCommitAsync(
            IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken)
        {
            await Task.Yield();
            store.BeforeStep?.Invoke("write", events);
            (store.Keys, store.Usage, store.Installs) = (_keys, _usage, _installs);
            foreach (var counted in events)
            {
                var day = (counted.Usage!.Value, counted.ProjectId, counted.Environment);
                store.UsageDays[day] = store.UsageDays.GetValueOrDefault(day) + counted.Count;
            }

            foreach (var billed in BilledEvents.Of(events))
            {
                var hour = (billed.TenantId, billed.Count.Hour);
                var above = billed.Above(_usage[(billed.TenantId, billed.Month, DataEnvironment.Live)]);
                store.Overage[hour] = store.Overage.GetValueOrDefault(hour) + above;
            }

            store.EventIds.AddRange(events.SelectMany(e => e.Batches).SelectMany(b => b.EventId.Take(b.Count)));
            store.Deltas.AddRange(deltas);
            store.GroupSizes.Add(events.Sum(e => e.Batches.Count));
        }

        public ValueTask DisposeAsync()
        {
            store._one.Release();
            store.BeforeStep?.Invoke("dispose", []);
            return ValueTask.CompletedTask;
        }
    }
}
