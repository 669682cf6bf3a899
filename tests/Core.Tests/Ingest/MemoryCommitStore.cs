using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

/// <summary>What a commit store must do, in the simplest words: one transaction at a time on dictionaries. Faults can be injected before each step.</summary>
internal sealed class MemoryCommitStore : ICommitStore
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public HashSet<BatchKey> Keys { get; private set; } = [];

    public Dictionary<(Guid Tenant, DateOnly Month, DataEnvironment Environment), long> Usage { get; private set; } = [];

    /// <summary>Usage by day, project and environment.</summary>
    public Dictionary<(UsageDay Day, Guid Project, DataEnvironment Environment), long> UsageDays { get; } = [];

    public HashSet<(Guid, long)> Installs { get; private set; } = [];

    public List<Guid> EventIds { get; } = [];

    public List<RollupDelta> Deltas { get; } = [];

    public List<int> GroupSizes { get; } = [];

    /// <summary>Vain tries to commit at once.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Called with the name of a step and the events about to be written, where there are any; throws to fail it.</summary>
    public Action<string, IReadOnlyList<CommitEvents>>? BeforeStep { get; set; }

    public long Counted => Deltas.Sum(d => Rollup.Read(d.Data.Span).Events);

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
        private readonly HashSet<(Guid, long)> _installs = [.. store.Installs];

        public bool CanTry => true;

        public async Task<bool> TryCommitAsync(
            IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas,
            CancellationToken cancellationToken)
        {
            var (isNew, taken) = await ClaimAsync(keys, quotas, receivedAt, cancellationToken);
            if (isNew.Contains(false) || !taken.SequenceEqual(quotas.Select(q => q.Wanted)))
            {
                (_keys, _usage) = ([.. store.Keys], new(store.Usage));
                store.Conflicts++;
                return false;
            }

            await WriteAndCommitAsync(events, deltas, cancellationToken);
            return true;
        }

        public async Task<Claimed> ClaimAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, CancellationToken cancellationToken)
        {
            await Task.Yield();
            store.BeforeStep?.Invoke("claim", []);
            Assert.Equal(keys.Count, keys.Distinct().Count());
            return new([.. keys.Select(_keys.Add)], [.. quotas.Select(Take)]);
        }

        public Task GiveBackAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaReturn> quotas, CancellationToken cancellationToken)
        {
            foreach (var key in keys)
                Assert.True(_keys.Remove(key));
            foreach (var quota in quotas)
                _usage[(quota.TenantId, quota.Month, quota.Environment)] -= quota.Events;
            return Task.CompletedTask;
        }

        private long Take(QuotaClaim quota)
        {
            var used = _usage.GetValueOrDefault((quota.TenantId, quota.Month, quota.Environment));
            var fits = quota.Limit is { } limit ? Math.Clamp(limit - used, 0, quota.Wanted) : quota.Wanted;
            _usage[(quota.TenantId, quota.Month, quota.Environment)] = used + fits;
            return fits;
        }

        public Task<bool[]> ClaimInstallsAsync(IReadOnlyList<InstallClaim> claims, CancellationToken cancellationToken) =>
            Task.FromResult<bool[]>([.. claims.Select(c => _installs.Add((c.ProjectId, c.Install)))]);

        public async Task WriteAndCommitAsync(IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken)
        {
            await Task.Yield();
            store.BeforeStep?.Invoke("write", events);
            (store.Keys, store.Usage, store.Installs) = (_keys, _usage, _installs);
            foreach (var counted in events)
            {
                var day = (counted.Usage!.Value, counted.ProjectId, counted.Environment);
                store.UsageDays[day] = store.UsageDays.GetValueOrDefault(day) + counted.Count;
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
