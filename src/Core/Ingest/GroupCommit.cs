using System.Diagnostics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Commits a group of batches in one transaction, from the reservation of their keys to their verdicts. It has no state beyond the
/// transaction: if that fails, nothing was written and the same batches can be retried with a new instance.
/// </summary>
internal sealed class GroupCommit(
    IReadOnlyList<PendingBatch> group, KnownInstalls knownInstalls, SingleStepBackOff singleStep, TimeProvider time)
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private readonly List<BatchReservation> _reservations = new(group.Count);
    private readonly List<(Guid, DataEnvironment, long)> _newlyKnown = [];

    // Read once, so that the usage by day is in the month whose quota is reserved.
    private readonly DateOnly _today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The committed deltas.</summary>
    public List<RollupDelta> Deltas { get; } = [];

    /// <summary>The number of committed events.</summary>
    public int Events => _reservations.Sum(reservation => reservation.Kept);

    /// <summary>Runs the transaction and commits it. If this returns, everything is durable; if it throws, nothing was written.</summary>
    public async Task RunAsync(ICommit commit, CancellationToken cancellationToken)
    {
        var owners = FindOwners();
        if (await TryInOneStepAsync(commit, owners, cancellationToken).ConfigureAwait(false))
            return;
        await ReserveAsync(commit, owners, cancellationToken).ConfigureAwait(false);
        if (Events == 0)
            return; // Rolls back: all batches are duplicates, or exceed the quota and must not use up their keys.

        BuildDeltas(await AddInstallsAsync(commit, cancellationToken).ConfigureAwait(false));
        await commit.WriteAndCommitAsync(EventsByProject(), Deltas, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Caches the installs that the transaction found or added, so that the next commits don't look them up.</summary>
    public void RememberInstalls()
    {
        foreach (var install in _newlyKnown)
            knownInstalls.Add(install);
    }

    /// <summary>Completes every batch of the group with its verdict.</summary>
    public void CompleteBatches() =>
        VerdictDispatch.Start(_reservations.ConvertAll(reservation => (reservation.Batch, reservation.Verdict())));

    /// <summary>
    /// Tries the whole transaction in one step. Nearly always all keys are new, all quota fits and all installs are known; then the
    /// counters don't depend on a result of the store.
    /// </summary>
    private async Task<bool> TryInOneStepAsync(
        ICommit commit, Dictionary<BatchKey, BatchReservation> owners, CancellationToken cancellationToken)
    {
        if (!commit.CanTry || !singleStep.ShouldTry() || UnknownInstalls().Any())
            return false;
        BuildDeltas([]);
        var committed = await commit
            .TryCommitAsync([.. owners.Keys], RequestedQuota(), time.GetUtcNow(), EventsByProject(), Deltas, cancellationToken)
            .ConfigureAwait(false);
        if (committed)
            return true;
        Deltas.Clear();
        singleStep.RecordConflict();
        return false;
    }

    private async Task ReserveAsync(ICommit commit, Dictionary<BatchKey, BatchReservation> owners, CancellationToken cancellationToken)
    {
        var keys = owners.Keys.ToArray();
        var quotas = RequestedQuota();
        var now = time.GetUtcNow();
        if (keys.Length == 0 && quotas.Length == 0)
            return;
        var (isNew, granted) = await commit.ReserveAsync(keys, quotas, now, cancellationToken).ConfigureAwait(false);
        for (var k = 0; k < keys.Length; k++)
        {
            if (!isNew[k])
                owners[keys[k]].DropDuplicates(keys[k].Key);
        }

        // Batches that exceed the quota may be sent again next month, so their keys are released; so is the quota reserved for duplicates.
        var (releasedKeys, releasedQuota) = (new List<BatchKey>(), new List<QuotaRelease>());
        for (var q = 0; q < quotas.Length; q++)
            Distribute(quotas[q], granted[q], releasedKeys, releasedQuota);
        if (Events > 0 && (releasedKeys.Count > 0 || releasedQuota.Count > 0))
            await commit.ReleaseAsync(releasedKeys, releasedQuota, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Creates a reservation for each batch and returns the one that owns each key. If a group contains a key twice (from a client that
    /// retried too early, on another connection), the first batch owns it.
    /// </summary>
    private Dictionary<BatchKey, BatchReservation> FindOwners()
    {
        var owners = new Dictionary<BatchKey, BatchReservation>(group.Count);
        foreach (var batch in group)
        {
            var reservation = new BatchReservation(batch);
            _reservations.Add(reservation);
            if (batch.Parsed.BatchId is { } batchId)
            {
                ref var owner = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    owners, new(batch.Project.Ref.ProjectId, batchId), out var exists);
                if (exists)
                    reservation.MarkRepetitionOf(owner!);
                else
                    owner = reservation;
                continue;
            }

            for (var i = 0; i < batch.Parsed.Events.Count; i++)
            {
                var key = new BatchKey(batch.Project.Ref.ProjectId, batch.Parsed.Events.EventId[i]);
                if (batch.Parsed.HasEventId[i] && !owners.TryAdd(key, reservation))
                    reservation.DropDuplicate(i);
            }
        }

        return owners;
    }

    private QuotaRequest[] RequestedQuota()
    {
        var wanted = new Dictionary<(Guid TenantId, DataEnvironment Environment), (long Events, long? Limit)>();
        foreach (var reservation in _reservations)
        {
            if (reservation.Kept == 0)
                continue;
            var (project, environment) = (reservation.Batch.Project, reservation.Batch.Environment);
            ref var quota = ref CollectionsMarshal.GetValueRefOrAddDefault(wanted, (project.Ref.TenantId, environment), out _);
            quota = (quota.Events + reservation.Kept, project.QuotaOf(environment));
        }

        var month = QuotaMonth.Of(_today).FirstDay;
        return [.. wanted.Select(t => new QuotaRequest(t.Key.TenantId, month, t.Value.Events, t.Value.Limit, t.Key.Environment))];
    }

    /// <summary>Distributes the granted quota to the batches in the order of their arrival. Collects what is to be released.</summary>
    private void Distribute(QuotaRequest quota, long granted, List<BatchKey> releasedKeys, List<QuotaRelease> releasedQuota)
    {
        Debug.Assert(granted >= 0 && granted <= quota.Wanted, "A store grants no more quota than was requested.");
        var left = granted;
        foreach (var reservation in _reservations)
        {
            if (reservation.Kept == 0 || reservation.Batch.Environment != quota.Environment
                || reservation.Batch.Project.Ref.TenantId != quota.TenantId)
                continue;
            reservation.LimitTo((int)Math.Min(left, reservation.Kept), releasedKeys);
            left -= reservation.Kept;
        }

        if (left > 0)
            releasedQuota.Add(new(quota.TenantId, quota.Month, left, quota.Environment));
    }

    /// <summary>Returns the events of installs that may be new. An install is returned once for each of its events.</summary>
    private IEnumerable<((Guid Project, DataEnvironment Environment, long Install) Install, long Timestamp)> UnknownInstalls()
    {
        foreach (var reservation in _reservations)
        {
            var events = reservation.Batch.Parsed.Events;
            foreach (var i in reservation.KeptIndices())
            {
                var install = (reservation.Batch.Project.Ref.ProjectId, reservation.Batch.Environment, events.Install[i]);
                if (install.Item3 != 0 && !knownInstalls.Contains(install))
                    yield return (install, events.Timestamp[i]);
            }
        }
    }

    private async Task<Dictionary<(Guid, DataEnvironment, DateOnly), long>> AddInstallsAsync(
        ICommit commit, CancellationToken cancellationToken)
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
        var installs = unknown.Select(u => new SeenInstall(u.Key.Project, u.Key.Environment, u.Key.Install, DayOf(u.Value))).ToArray();
        var isNew = await commit.AddInstallsAsync(installs, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < installs.Length; i++)
        {
            var install = installs[i];
            _newlyKnown.Add((install.ProjectId, install.Environment, install.Install));
            if (isNew[i])
                CollectionsMarshal.GetValueRefOrAddDefault(newInstalls, (install.ProjectId, install.Environment, install.Day), out _)++;
        }

        return newInstalls;
    }

    private void BuildDeltas(Dictionary<(Guid Project, DataEnvironment Environment, DateOnly Day), long> newInstalls)
    {
        var rollups = new Dictionary<(Guid Project, DataEnvironment Environment, DateOnly Day), Rollup>();
        var sameDay = new List<int>();
        foreach (var reservation in _reservations)
        {
            var events = reservation.Batch.Parsed.Events;
            var project = reservation.Batch.Project.Ref.ProjectId;
            long day = long.MinValue;
            // The events of a batch are nearly always of one day, so runs of the same day are added in bulk.
            foreach (var i in reservation.KeptIndices())
            {
                var eventDay = Math.DivRem(events.Timestamp[i], MicrosecondsPerDay).Quotient;
                if (eventDay != day)
                {
                    AddRun(project, reservation, day, sameDay);
                    day = eventDay;
                }

                sameDay.Add(i);
            }

            AddRun(project, reservation, day, sameDay);
        }

        foreach (var (key, rollup) in rollups)
        {
            if (newInstalls.TryGetValue(key, out var count))
                rollup.AddNewInstalls(count);
            Deltas.Add(new(Guid.CreateVersion7(time.GetUtcNow()), key.Project, key.Environment, key.Day, rollup.Serialize()));
        }

        void AddRun(Guid project, BatchReservation reservation, long day, List<int> indices)
        {
            if (indices.Count == 0)
                return;
            var date = DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (int)day);
            ref var rollup = ref CollectionsMarshal.GetValueRefOrAddDefault(rollups, (project, reservation.Batch.Environment, date), out _);
            rollup ??= new Rollup();
            rollup.Add(reservation.Batch.Parsed.Events, CollectionsMarshal.AsSpan(indices));
            indices.Clear();
        }
    }

    private List<CommitEvents> EventsByProject()
    {
        var batches = new Dictionary<(ProjectRef Project, DataEnvironment Environment), List<EventBatch>>();
        foreach (var reservation in _reservations)
        {
            if (reservation.Kept == 0)
                continue;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(
                batches, (reservation.Batch.Project.Ref, reservation.Batch.Environment), out _);
            list ??= [];
            list.Add(reservation.KeptEvents());
        }

        return batches
            .Select(b => new CommitEvents(
                b.Key.Project.ProjectId, b.Key.Environment, b.Value, new UsageDay(b.Key.Project.TenantId, _today)))
            .ToList();
    }

    private static DateOnly DayOf(long timestamp) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(timestamp * 10));
}
