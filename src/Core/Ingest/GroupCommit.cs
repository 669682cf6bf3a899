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

    // Matches no generation of a store.
    private const long NoGeneration = -1;

    private readonly List<BatchReservation> _reservations = new(group.Count);
    private readonly List<SeenInstall> _newlyKnown = [];
    private readonly Dictionary<InstallScope, long> _generations = [];

    // Read once, so that the usage by day and the billed events by hour are in the month whose quota is reserved.
    private readonly DateTime _begunAt = time.GetUtcNow().UtcDateTime;

    // What the quota was reserved with, of the tenants with billed events: the cached keys of their projects may differ for some seconds.
    private Dictionary<Guid, OverageCount>? _overage;

    private DateOnly Today => DateOnly.FromDateTime(_begunAt);

    /// <summary>The committed deltas.</summary>
    public List<RollupDelta> Deltas { get; } = [];

    /// <summary>The number of committed events.</summary>
    public int Events => _reservations.Sum(reservation => reservation.Kept);

    /// <summary>Runs the transaction and commits it. If this returns, everything is durable; if it throws, nothing was written.</summary>
    public async Task RunAsync(ICommit commit, CancellationToken cancellationToken)
    {
        var owners = FindOwners();
        FindGenerations();
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
        {
            var scope = new InstallScope(install.ProjectId, install.Environment);
            knownInstalls.Add(scope, _generations[scope], install.Install, install.Day);
        }
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
            .TryCommitAsync(
                [.. owners.Keys],
                RequestedQuota(),
                KnownGenerations(),
                time.GetUtcNow(),
                EventsByProject(),
                Deltas,
                cancellationToken)
            .ConfigureAwait(false);
        if (committed)
            return true;
        Deltas.Clear();
        singleStep.RecordConflict();
        return false;
    }

    // All installs are known, so the events of a scope without a known generation have no install.
    private List<InstallGeneration> KnownGenerations() =>
        [.. _generations.Where(scope => scope.Value != NoGeneration).Select(scope => new InstallGeneration(scope.Key, scope.Value))];

    private async Task ReserveAsync(ICommit commit, Dictionary<BatchKey, BatchReservation> owners, CancellationToken cancellationToken)
    {
        var keys = owners.Keys.ToArray();
        var quotas = RequestedQuota();
        var now = time.GetUtcNow();
        if (keys.Length == 0 && quotas.Length == 0)
            return;
        var scopes = _generations.Keys.ToArray();
        var (isNew, granted, generations) = await commit.ReserveAsync(keys, quotas, scopes, now, cancellationToken).ConfigureAwait(false);
        for (var s = 0; s < scopes.Length; s++)
            _generations[scopes[s]] = generations[s];
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
            var limits = project.LimitsOf(environment);
            ref var quota = ref CollectionsMarshal.GetValueRefOrAddDefault(wanted, (project.Ref.TenantId, environment), out var exists);
            // All projects of the tenant have the limits of the first one.
            quota = (quota.Events + reservation.Kept, exists ? quota.Limit : limits.Most);
            if (!exists && limits.Included is { } included)
                (_overage ??= [])[project.Ref.TenantId] = new(new(_begunAt.Date.AddHours(_begunAt.Hour), TimeSpan.Zero), included);
        }

        var month = QuotaMonth.Of(Today).FirstDay;
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

    /// <summary>Looks up which generations of installs are cached.</summary>
    private void FindGenerations()
    {
        foreach (var batch in group)
        {
            var scope = ScopeOf(batch);
            _generations.TryAdd(scope, knownInstalls.GenerationOf(scope) ?? NoGeneration);
        }
    }

    /// <summary>
    /// Returns the installs that may be new, or may have been active on an earlier day than is known. An install is returned once for each
    /// of its events.
    /// </summary>
    private IEnumerable<(InstallScope Scope, long Install, DateOnly Day)> UnknownInstalls()
    {
        foreach (var reservation in _reservations)
        {
            var events = reservation.Batch.Parsed.Events;
            var scope = ScopeOf(reservation.Batch);
            var generation = _generations[scope];
            foreach (var i in reservation.KeptIndices())
            {
                var (install, day) = (events.Install[i], RollupsByDay.DayOf(events.Timestamp[i]));
                if (install != 0 && !knownInstalls.Covers(scope, generation, install, day))
                    yield return (scope, install, day);
            }
        }
    }

    private async Task<Dictionary<(InstallScope Scope, DateOnly Day), long>> AddInstallsAsync(
        ICommit commit, CancellationToken cancellationToken)
    {
        var unknown = new Dictionary<(InstallScope Scope, long Install), DateOnly>();
        foreach (var (scope, install, day) in UnknownInstalls())
        {
            ref var earliest = ref CollectionsMarshal.GetValueRefOrAddDefault(unknown, (scope, install), out var seen);
            earliest = seen && earliest < day ? earliest : day;
        }

        if (unknown.Count == 0)
            return [];
        foreach (var ((scope, install), day) in unknown)
            _newlyKnown.Add(new(scope.ProjectId, scope.Environment, install, day));
        return FirstDayChange.CountByDay(
            _newlyKnown, await commit.AddInstallsAsync(_newlyKnown, cancellationToken).ConfigureAwait(false));
    }

    private void BuildDeltas(Dictionary<(InstallScope Scope, DateOnly Day), long> newInstalls)
    {
        var rollups = new Dictionary<(InstallScope Scope, DateOnly Day), Rollup>();
        var sameDay = new List<int>();
        foreach (var reservation in _reservations)
        {
            var events = reservation.Batch.Parsed.Events;
            long day = long.MinValue;
            // The events of a batch are nearly always of one day, so runs of the same day are added in bulk.
            foreach (var i in reservation.KeptIndices())
            {
                var eventDay = Math.DivRem(events.Timestamp[i], MicrosecondsPerDay).Quotient;
                if (eventDay != day)
                {
                    AddRun(reservation, sameDay);
                    day = eventDay;
                }

                sameDay.Add(i);
            }

            AddRun(reservation, sameDay);
        }

        // A day from which first days move may have no events in this commit.
        foreach (var (key, count) in newInstalls)
        {
            if (count != 0)
                RollupOf(key).AddNewInstalls(count);
        }

        foreach (var ((scope, day), rollup) in rollups)
            Deltas.Add(new(Uuid7.New(time.GetUtcNow()), scope.ProjectId, scope.Environment, day, rollup.Serialize()));

        void AddRun(BatchReservation reservation, List<int> indices)
        {
            if (indices.Count == 0)
                return;
            var events = reservation.Batch.Parsed.Events;
            RollupOf((ScopeOf(reservation.Batch), RollupsByDay.DayOf(events.Timestamp[indices[0]])))
                .Add(events, CollectionsMarshal.AsSpan(indices));
            indices.Clear();
        }

        Rollup RollupOf((InstallScope Scope, DateOnly Day) key)
        {
            ref var rollup = ref CollectionsMarshal.GetValueRefOrAddDefault(rollups, key, out _);
            return rollup ??= new Rollup();
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
                b.Key.Project.ProjectId,
                b.Key.Environment,
                b.Value,
                new UsageDay(b.Key.Project.TenantId, Today),
                OverageOf(b.Key.Project.TenantId, b.Key.Environment)))
            .ToList();
    }

    private OverageCount? OverageOf(Guid tenantId, DataEnvironment environment) =>
        environment == DataEnvironment.Live && _overage is not null && _overage.TryGetValue(tenantId, out var count) ? count : null;

    private static InstallScope ScopeOf(PendingBatch batch) => new(batch.Project.Ref.ProjectId, batch.Environment);
}
