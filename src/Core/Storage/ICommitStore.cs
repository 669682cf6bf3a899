using System.Diagnostics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Storage;

/// <summary>
/// Opens the transactions of the commit loop. A fault of the store itself (not of the data) is thrown as a
/// <see cref="StorageUnavailableException"/>. The loop has its own threads, so implementations may block.
/// </summary>
public interface ICommitStore
{
    /// <summary>
    /// The number of concurrent transactions that each commit loop should use: more than one if the store can work on a transaction
    /// while another one waits for the disk.
    /// </summary>
    int CommitsAtOnce => 1;

    /// <summary>
    /// The same store, except that its transactions are rolled back instead of committed: a rehearsal does all the work of a commit and
    /// writes nothing.
    /// </summary>
    ICommitStore Rehearsal { get; }

    /// <summary>Opens a transaction.</summary>
    Task<ICommit> BeginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Returns whether all keys are those of committed batches. Reads only, beside the transactions. The keys must be distinct.
    /// </summary>
    Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken);
}

/// <summary>
/// One ingest transaction. The steps are called in the order in which they are declared; <see cref="TryCommitAsync"/>,
/// <see cref="ReleaseAsync"/> and <see cref="AddInstallsAsync"/> may be skipped. Disposing the transaction before it is committed rolls
/// everything back.
/// </summary>
public interface ICommit : IAsyncDisposable
{
    /// <summary>Whether <see cref="TryCommitAsync"/> is supported, that is, whether it saves this store work such as round trips.</summary>
    bool CanTry => false;

    /// <summary>
    /// Runs the whole transaction in one step: reserves the keys and the quota, writes, and commits if all keys are new, all quota fits and
    /// the generations of the installs are the given ones. Otherwise nothing is changed, the method returns false, and the steps below
    /// decide. Requires <see cref="CanTry"/>.
    /// </summary>
    Task<bool> TryCommitAsync(
        IReadOnlyList<BatchKey> keys,
        IReadOnlyList<QuotaRequest> quotas,
        IReadOnlyList<InstallGeneration> generations,
        DateTimeOffset receivedAt,
        IReadOnlyList<CommitEvents> events,
        IReadOnlyList<RollupDelta> deltas,
        CancellationToken cancellationToken) => throw new NotSupportedException("This store commits step by step.");

    /// <summary>
    /// Reads the generations of the installs, and reserves batch keys, and quota as if all keys were new. One call does all of it because
    /// nearly always all keys are. Until this transaction ends, no deletion of installs of these scopes is completed. The keys must be
    /// distinct, and there must be at most one quota request for each tenant, month and environment. The call waits for other open
    /// transactions that have reserved one of the keys. Implementations lock keys and then tenants, each in order, to prevent deadlocks.
    /// </summary>
    Task<Reserved> ReserveAsync(
        IReadOnlyList<BatchKey> keys,
        IReadOnlyList<QuotaRequest> quotas,
        IReadOnlyList<InstallScope> scopes,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken);

    /// <summary>Releases a part of what this transaction reserved: the keys are new again, and the quota is available again.</summary>
    Task ReleaseAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaRelease> quotas, CancellationToken cancellationToken);

    /// <summary>
    /// Adds installs that aren't stored yet, and moves the first day of those that are stored with a later one. Element <c>i</c> of the
    /// result is the change of install <c>i</c>, which the deltas of this transaction must count. A first day whose counters were purged
    /// isn't moved. The installs must be distinct by project, environment and hash.
    /// </summary>
    Task<FirstDayChange[]> AddInstallsAsync(IReadOnlyList<SeenInstall> installs, CancellationToken cancellationToken);

    /// <summary>
    /// Writes events and deltas, counts the events above the included ones of their tenants (<see cref="CommitEvents.Overage"/>) and
    /// commits. When this returns, they are durable.
    /// </summary>
    Task WriteAndCommitAsync(
        IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken);
}

/// <summary>The key that makes a batch (or, without a batch id, a single event) count once.</summary>
/// <param name="ProjectId">The project it belongs to. Equal ids in two projects are different keys.</param>
/// <param name="Key">The <c>batch_id</c>, or the <c>event_id</c> of an event in a batch without one.</param>
public readonly record struct BatchKey(Guid ProjectId, Guid Key);

/// <summary>The part of the requested keys and quota that a transaction has reserved.</summary>
/// <param name="IsNew">Element <c>i</c> is true if key <c>i</c> was new and is now reserved by this transaction.</param>
/// <param name="Granted">
/// The number of events of quota request <c>i</c> that fitted and were added to the tenant's usage: 0…wanted, or all if there is no limit.
/// </param>
/// <param name="Generations">The generation of the installs of scope <c>i</c>.</param>
public readonly record struct Reserved(bool[] IsNew, long[] Granted, long[] Generations);

/// <summary>The installs of a project in one environment.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
public readonly record struct InstallScope(Guid ProjectId, DataEnvironment Environment);

/// <summary>A generation of installs. It increases if installs are deleted, so what was known of an earlier one may be untrue.</summary>
/// <param name="Scope">The project and environment.</param>
/// <param name="Generation">The generation.</param>
public readonly record struct InstallGeneration(InstallScope Scope, long Generation);

/// <summary>An install that sent events.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Install">Its keyed hash.</param>
/// <param name="Day">The UTC day on which it was active.</param>
public readonly record struct SeenInstall(Guid ProjectId, DataEnvironment Environment, long Install, DateOnly Day);

/// <summary>A change of the first day on which an install was active. The default value means that there is none.</summary>
/// <param name="IsEarlier">Whether the seen day is the first one now, so that the install is new on it.</param>
/// <param name="MovedFrom">The former first day, on which the install isn't new any more; <c>null</c> if there was none.</param>
public readonly record struct FirstDayChange(bool IsEarlier, DateOnly? MovedFrom = null)
{
    /// <summary>Returns the changes of the numbers of new installs, by project, environment and day. They can be negative.</summary>
    public static Dictionary<(InstallScope Scope, DateOnly Day), long> CountByDay(
        IReadOnlyList<SeenInstall> installs, IReadOnlyList<FirstDayChange> changes)
    {
        var counts = new Dictionary<(InstallScope, DateOnly), long>();
        for (var i = 0; i < installs.Count; i++)
        {
            if (!changes[i].IsEarlier)
                continue;
            var scope = new InstallScope(installs[i].ProjectId, installs[i].Environment);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, (scope, installs[i].Day), out _)++;
            if (changes[i].MovedFrom is { } former)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (scope, former), out _)--;
        }

        return counts;
    }
}

/// <summary>The events that one commit writes for one project and environment.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Batches">The columns of each batch.</param>
/// <param name="Usage">
/// The tenant and day to which the events are counted, in the month for which quota was reserved, or <c>null</c> if none was reserved.
/// </param>
/// <param name="Overage">
/// How events above the included ones are counted, or <c>null</c> if none are billed, as of test events. All live events of a tenant in a
/// commit have the same.
/// </param>
public sealed record CommitEvents(
    Guid ProjectId, DataEnvironment Environment, IReadOnlyList<EventBatch> Batches, UsageDay? Usage = null, OverageCount? Overage = null)
{
    /// <summary>The number of events.</summary>
    public int Count => Batches.Sum(batch => batch.Count);
}

/// <summary>The tenant and day to which accepted events are counted.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Day">The UTC day on which they arrived.</param>
public readonly record struct UsageDay(Guid TenantId, DateOnly Day);

/// <summary>How the events of a tenant that are billed are counted: those above the included ones of the month.</summary>
/// <param name="Hour">The start of the UTC hour to which they are counted, in the month for which quota was reserved.</param>
/// <param name="Included">The live events of the month that aren't billed, 0 or more.</param>
public readonly record struct OverageCount(DateTimeOffset Hour, long Included);

/// <summary>The live events of one commit for one tenant, of which those above the included ones of the month are billed.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Count">How the events are counted.</param>
/// <param name="Accepted">The number of events of this commit, which the usage of the month contains already.</param>
public readonly record struct BilledEvents(Guid TenantId, DateOnly Month, OverageCount Count, long Accepted)
{
    /// <summary>Returns the events that are billed, by tenant. Empty for nearly every commit.</summary>
    public static IReadOnlyList<BilledEvents> Of(IReadOnlyList<CommitEvents> events)
    {
        List<BilledEvents>? billed = null;
        foreach (var project in events)
        {
            if (project is not { Overage: { } count, Usage: { } usage })
                continue;
            Debug.Assert(project.Environment == DataEnvironment.Live, "Test events aren't billed.");
            billed ??= [];
            var index = billed.FindIndex(one => one.TenantId == usage.TenantId);
            if (index < 0)
                billed.Add(new(usage.TenantId, QuotaMonth.Of(usage.Day).FirstDay, count, project.Count));
            else
                billed[index] = billed[index] with { Accepted = billed[index].Accepted + project.Count };
        }

        return billed ?? (IReadOnlyList<BilledEvents>)[];
    }

    /// <summary>Returns the number of events of this commit that are billed.</summary>
    /// <param name="acceptedAfter">The live events of the month, with those of this commit.</param>
    public long Above(long acceptedAfter) =>
        Math.Max(0, acceptedAfter - Count.Included) - Math.Max(0, acceptedAfter - Accepted - Count.Included);
}

/// <summary>The counters that one commit adds to one day: a serialized <c>Rollup</c>.</summary>
/// <param name="Id">UUIDv7. Readers keep the ids of the deltas they have merged.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Day">The UTC day.</param>
/// <param name="Data">The serialized rollup.</param>
public sealed record RollupDelta(Guid Id, Guid ProjectId, DataEnvironment Environment, DateOnly Day, ReadOnlyMemory<byte> Data);

/// <summary>
/// The store can't be reached or refuses all requests. Unless the result of a commit was lost, nothing was written; the same call may
/// succeed later.
/// </summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Creates the exception from the driver's error.</summary>
    public StorageUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>
    /// What the operator has to do, as a sentence. <c>null</c> if waiting may help, as for a database that can't be reached.
    /// </summary>
    public string? Remedy { get; init; }
}
