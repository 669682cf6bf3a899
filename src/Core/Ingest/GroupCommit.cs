using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// One transaction's worth of batches, from claiming their keys to their verdicts. Holds no state beyond that: when
/// the transaction fails, nothing has happened and the same batches can be tried again.
/// </summary>
internal sealed class GroupCommit(IReadOnlyList<PendingBatch> group, KnownInstalls knownInstalls, ShortCut shortCut, TimeProvider time)
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private readonly List<Claim> _claims = new(group.Count);
    private readonly List<(Guid, DataEnvironment, long)> _newlyKnown = [];

    // One day for all of a commit: its usage by day must lie in the month whose quota it took.
    private readonly DateOnly _today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The deltas that were committed.</summary>
    public List<RollupDelta> Deltas { get; } = [];

    /// <summary>Events that were committed.</summary>
    public int Events => _claims.Sum(c => c.Kept);

    /// <summary>Runs the transaction to its commit. When it returns, everything is durable; when it throws, nothing is.</summary>
    public async Task RunAsync(ICommit commit, CancellationToken cancellationToken)
    {
        var owners = FindOwners();
        if (await TryAtOnceAsync(commit, owners, cancellationToken).ConfigureAwait(false))
            return;
        await ClaimAsync(commit, owners, cancellationToken).ConfigureAwait(false);
        if (Events == 0)
            return; // Rolls back: what is left are duplicates of what others committed, or batches whose keys must stay free.

        BuildDeltas(await ClaimInstallsAsync(commit, cancellationToken).ConfigureAwait(false));
        await commit.WriteAndCommitAsync(EventsByProject(), Deltas, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Remembers the installs that the transaction found or made: the next commits need not ask for them.</summary>
    public void RememberInstalls()
    {
        foreach (var install in _newlyKnown)
            knownInstalls.Add(install);
    }

    /// <summary>Answers every batch of the group.</summary>
    public void Answer() => Answers.Send(_claims.ConvertAll(claim => (claim.Batch, claim.Verdict())));

    /// <summary>Nearly always all keys are new, all quota fits and all installs are known; then the counters can be made before the store is asked.</summary>
    private async Task<bool> TryAtOnceAsync(ICommit commit, Dictionary<BatchKey, Claim> owners, CancellationToken cancellationToken)
    {
        if (!commit.CanTry || !shortCut.IsOpenForNext() || UnknownInstalls().Any())
            return false;
        BuildDeltas([]);
        if (await commit.TryCommitAsync([.. owners.Keys], WantedQuota(), time.GetUtcNow(), EventsByProject(), Deltas, cancellationToken).ConfigureAwait(false))
            return true;
        Deltas.Clear();
        shortCut.Close();
        return false;
    }

    private async Task ClaimAsync(ICommit commit, Dictionary<BatchKey, Claim> owners, CancellationToken cancellationToken)
    {
        var keys = owners.Keys.ToArray();
        var quotas = WantedQuota();
        var now = time.GetUtcNow();
        if (keys.Length == 0 && quotas.Length == 0)
            return;
        var (isNew, taken) = await commit.ClaimAsync(keys, quotas, now, cancellationToken).ConfigureAwait(false);
        for (var k = 0; k < keys.Length; k++)
        {
            if (!isNew[k])
                owners[keys[k]].KeyIsTaken(keys[k].Key);
        }

        // What did not fit may be sent again next month: its keys are not used up. What was taken for duplicates is the tenant's again.
        var (released, returned) = (new List<BatchKey>(), new List<QuotaReturn>());
        for (var q = 0; q < quotas.Length; q++)
            Settle(quotas[q], taken[q], released, returned);
        if (Events > 0 && (released.Count > 0 || returned.Count > 0))
            await commit.GiveBackAsync(released, returned, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a claim of each batch, and finds the one that owns each key. The same key may stand in the group twice (a client that retried early, on two connections): the first one owns it.</summary>
    private Dictionary<BatchKey, Claim> FindOwners()
    {
        var owners = new Dictionary<BatchKey, Claim>(group.Count);
        foreach (var batch in group)
        {
            var claim = new Claim(batch);
            _claims.Add(claim);
            if (batch.Parsed.BatchId is { } batchId)
            {
                ref var owner = ref CollectionsMarshal.GetValueRefOrAddDefault(owners, new(batch.Project.Ref.ProjectId, batchId), out var taken);
                if (taken)
                    claim.Follow(owner!);
                else
                    owner = claim;
                continue;
            }

            for (var i = 0; i < batch.Parsed.Events.Count; i++)
            {
                if (batch.Parsed.HasEventId[i] && !owners.TryAdd(new(batch.Project.Ref.ProjectId, batch.Parsed.Events.EventId[i]), claim))
                    claim.DropDuplicate(i);
            }
        }

        return owners;
    }

    private QuotaClaim[] WantedQuota()
    {
        var wanted = new Dictionary<(Guid TenantId, DataEnvironment Environment), (long Events, long? Limit)>();
        foreach (var claim in _claims)
        {
            if (claim.Kept == 0)
                continue;
            var (project, environment) = (claim.Batch.Project, claim.Batch.Environment);
            ref var quota = ref CollectionsMarshal.GetValueRefOrAddDefault(wanted, (project.Ref.TenantId, environment), out _);
            quota = (quota.Events + claim.Kept, project.QuotaOf(environment));
        }

        var month = new DateOnly(_today.Year, _today.Month, 1);
        return [.. wanted.Select(t => new QuotaClaim(t.Key.TenantId, month, t.Value.Events, t.Value.Limit, t.Key.Environment))];
    }

    private void Settle(QuotaClaim quota, long taken, List<BatchKey> released, List<QuotaReturn> returned)
    {
        var left = taken;
        foreach (var claim in _claims)
        {
            if (claim.Kept == 0 || claim.Batch.Environment != quota.Environment || claim.Batch.Project.Ref.TenantId != quota.TenantId)
                continue;
            claim.LimitTo((int)Math.Min(left, claim.Kept), released);
            left -= claim.Kept;
        }

        if (left > 0)
            returned.Add(new(quota.TenantId, quota.Month, left, quota.Environment));
    }

    /// <summary>Events of installs that may be new, one by one: an install stands there as often as it has events.</summary>
    private IEnumerable<((Guid Project, DataEnvironment Environment, long Install) Install, long Timestamp)> UnknownInstalls()
    {
        foreach (var claim in _claims)
        {
            var events = claim.Batch.Parsed.Events;
            foreach (var i in claim.KeptIndices())
            {
                var install = (claim.Batch.Project.Ref.ProjectId, claim.Batch.Environment, events.Install[i]);
                if (install.Item3 != 0 && !knownInstalls.Contains(install))
                    yield return (install, events.Timestamp[i]);
            }
        }
    }

    private async Task<Dictionary<(Guid, DataEnvironment, DateOnly), long>> ClaimInstallsAsync(ICommit commit, CancellationToken cancellationToken)
    {
        var unknown = new Dictionary<(Guid Project, DataEnvironment Environment, long Install), long>();
        foreach (var (install, timestamp) in UnknownInstalls())
        {
            ref var earliest = ref CollectionsMarshal.GetValueRefOrAddDefault(unknown, install, out var seen);
            earliest = seen ? Math.Min(earliest, timestamp) : timestamp;
        }

        var newInstalls = new Dictionary<(Guid, DataEnvironment, DateOnly), long>();
        if (unknown.Count == 0)
            return newInstalls;
        var claims = unknown.Select(u => new InstallClaim(u.Key.Project, u.Key.Environment, u.Key.Install, DayOf(u.Value))).ToArray();
        var isNew = await commit.ClaimInstallsAsync(claims, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < claims.Length; i++)
        {
            var claim = claims[i];
            _newlyKnown.Add((claim.ProjectId, claim.Environment, claim.Install));
            if (isNew[i])
                CollectionsMarshal.GetValueRefOrAddDefault(newInstalls, (claim.ProjectId, claim.Environment, claim.Day), out _)++;
        }

        return newInstalls;
    }

    private void BuildDeltas(Dictionary<(Guid Project, DataEnvironment Environment, DateOnly Day), long> newInstalls)
    {
        var rollups = new Dictionary<(Guid Project, DataEnvironment Environment, DateOnly Day), Rollup>();
        var sameDay = new List<int>();
        foreach (var claim in _claims)
        {
            var events = claim.Batch.Parsed.Events;
            var project = claim.Batch.Project.Ref.ProjectId;
            long day = long.MinValue;
            // A batch's events nearly always share a day, so runs of the same day are added in bulk.
            foreach (var i in claim.KeptIndices())
            {
                var eventDay = Math.DivRem(events.Timestamp[i], MicrosecondsPerDay).Quotient;
                if (eventDay != day)
                {
                    AddRun(project, claim, day, sameDay);
                    day = eventDay;
                }

                sameDay.Add(i);
            }

            AddRun(project, claim, day, sameDay);
        }

        foreach (var (key, rollup) in rollups)
        {
            if (newInstalls.TryGetValue(key, out var count))
                rollup.AddNewInstalls(count);
            Deltas.Add(new(Guid.CreateVersion7(time.GetUtcNow()), key.Project, key.Environment, key.Day, rollup.Serialize()));
        }

        void AddRun(Guid project, Claim claim, long day, List<int> indices)
        {
            if (indices.Count == 0)
                return;
            ref var rollup = ref CollectionsMarshal.GetValueRefOrAddDefault(
                rollups, (project, claim.Batch.Environment, DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (int)day)), out _);
            rollup ??= new Rollup();
            rollup.Add(claim.Batch.Parsed.Events, CollectionsMarshal.AsSpan(indices));
            indices.Clear();
        }
    }

    private List<CommitEvents> EventsByProject()
    {
        var batches = new Dictionary<(ProjectRef Project, DataEnvironment Environment), List<EventBatch>>();
        foreach (var claim in _claims)
        {
            if (claim.Kept == 0)
                continue;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(batches, (claim.Batch.Project.Ref, claim.Batch.Environment), out _);
            list ??= [];
            list.Add(claim.KeptEvents());
        }

        return batches.Select(b => new CommitEvents(b.Key.Project.ProjectId, b.Key.Environment, b.Value, new UsageDay(b.Key.Project.TenantId, _today))).ToList();
    }

    private static DateOnly DayOf(long timestamp) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(timestamp * 10));
}
