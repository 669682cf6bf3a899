using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Storage;

/// <summary>
/// Where the commit loop writes. A fault of the store itself (not of the data) is a <see cref="StorageUnavailableException"/>. The loop has a thread
/// of its own, so implementations may block instead of handing their work on from thread to thread.
/// </summary>
public interface ICommitStore
{
    /// <summary>How many transactions of one commit loop it is worth having under way: more than one where the store works on the next while it waits for its disk.</summary>
    int CommitsAtOnce => 1;

    /// <summary>Opens a transaction.</summary>
    Task<ICommit> BeginAsync(CancellationToken cancellationToken);
}

/// <summary>
/// One ingest transaction. The steps are called in the order they are declared; trying, giving back and installs may be skipped.
/// Disposing without <see cref="WriteAndCommitAsync"/> rolls everything back.
/// </summary>
public interface ICommit : IAsyncDisposable
{
    /// <summary>Whether <see cref="TryCommitAsync"/> saves this store anything, such as round trips.</summary>
    bool CanTry => false;

    /// <summary>
    /// Everything in one step, where nothing needs a decision: claims the keys and the quota, writes and commits if all keys are new and all quota fits. Otherwise nothing
    /// has happened, the answer is false, and the steps below decide. Not to be called where <see cref="CanTry"/> is false.
    /// </summary>
    Task<bool> TryCommitAsync(
        IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas,
        CancellationToken cancellationToken) => throw new NotSupportedException("This store commits step by step.");

    /// <summary>
    /// Claims batch keys, and quota as if all of them were new; both at once, because nearly always they are. The keys are distinct, and a key that another open transaction
    /// claims is waited for; there is one quota claim for each tenant, month and environment. Implementations lock keys and then tenants, each in order, so that two commits can't wait for each other.
    /// </summary>
    Task<Claimed> ClaimAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, CancellationToken cancellationToken);

    /// <summary>Gives back some of what this transaction claimed: the keys are new to whoever claims them next, and the quota is free again.</summary>
    Task GiveBackAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaReturn> quotas, CancellationToken cancellationToken);

    /// <summary>Remembers installs: element <c>i</c> of the answer is true where install <c>i</c> had never been seen. The claims are distinct by project, environment and install.</summary>
    Task<bool[]> ClaimInstallsAsync(IReadOnlyList<InstallClaim> claims, CancellationToken cancellationToken);

    /// <summary>Writes events and deltas and commits. When this returns, they are durable.</summary>
    Task WriteAndCommitAsync(IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken);
}

/// <summary>What makes a batch (or, without a batch id, a single event) count once.</summary>
/// <param name="ProjectId">The project it belongs to: ids of two projects never collide.</param>
/// <param name="Key">The <c>batch_id</c>, or the <c>event_id</c> of a batch without one.</param>
public readonly record struct BatchKey(Guid ProjectId, Guid Key);

/// <summary>How many events a tenant wants to have accepted in a month.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Wanted">Events to add, 1 or more.</param>
/// <param name="Limit">The most the month may hold; <c>null</c> where there is no limit.</param>
/// <param name="Environment">Live or test: each has a quota of its own.</param>
public readonly record struct QuotaClaim(Guid TenantId, DateOnly Month, long Wanted, long? Limit, DataEnvironment Environment = DataEnvironment.Live);

/// <summary>Quota that was taken and isn't needed.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Events">Events to take off again, 1 or more.</param>
/// <param name="Environment">Live or test.</param>
public readonly record struct QuotaReturn(Guid TenantId, DateOnly Month, long Events, DataEnvironment Environment = DataEnvironment.Live);

/// <summary>What a transaction got of what it claimed.</summary>
/// <param name="IsNew">Element <c>i</c> is true where key <c>i</c> was new and is now this transaction's.</param>
/// <param name="Taken">How many events of quota claim <c>i</c> fitted and were added to the tenant's usage: 0…wanted, all where there is no limit.</param>
public readonly record struct Claimed(bool[] IsNew, long[] Taken);

/// <summary>An install that sent something.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Install">Its keyed hash.</param>
/// <param name="Day">The UTC day on which it counts as new.</param>
public readonly record struct InstallClaim(Guid ProjectId, DataEnvironment Environment, long Install, DateOnly Day);

/// <summary>The events one commit brings one project and environment.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Batches">Their columns, batch after batch.</param>
/// <param name="Usage">As whose usage they count, in the month for which quota was taken; <c>null</c> where none was.</param>
public sealed record CommitEvents(Guid ProjectId, DataEnvironment Environment, IReadOnlyList<EventBatch> Batches, UsageDay? Usage = null)
{
    /// <summary>How many they are.</summary>
    public int Count => Batches.Sum(batch => batch.Count);
}

/// <summary>Where accepted events stand in the usage by day.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Day">The UTC day on which they arrived.</param>
public readonly record struct UsageDay(Guid TenantId, DateOnly Day);

/// <summary>The counters one commit added to one day: a serialised <c>Rollup</c>.</summary>
/// <param name="Id">UUIDv7. Readers remember which deltas they have merged.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Day">The UTC day.</param>
/// <param name="Data">The serialised rollup.</param>
public sealed record RollupDelta(Guid Id, Guid ProjectId, DataEnvironment Environment, DateOnly Day, ReadOnlyMemory<byte> Data);

/// <summary>The store is away or refuses everybody: nothing was written, and the same call may succeed later.</summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Wraps the driver's fault.</summary>
    public StorageUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
