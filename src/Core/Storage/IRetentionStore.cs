namespace TelemetryKit.Core.Storage;

/// <summary>Deletion of what is older than it may be kept.</summary>
public interface IRetentionStore
{
    /// <summary>
    /// Deletes a project's events and counters of all days before <paramref name="before"/>, in both environments, part by part: each element is one committed transaction of bounded
    /// size, so whoever enumerates may stop between any two. The last one takes what is left of events and all counters in one snapshot: after it, statistics are those of the
    /// events that remain. A closed month that <paramref name="before"/> cuts is open again until it is folded anew. Installs stay, so that nobody is new twice.
    /// </summary>
    IAsyncEnumerable<Purged> PurgeAsync(Guid projectId, DateOnly before, CancellationToken cancellationToken);
}

/// <summary>What a purge took.</summary>
/// <param name="Events">Events.</param>
/// <param name="Days">Days of counters, each environment's for itself.</param>
public readonly record struct Purged(long Events, long Days)
{
    /// <summary>Both together.</summary>
    public static Purged operator +(Purged one, Purged other) => new(one.Events + other.Events, one.Days + other.Days);
}
