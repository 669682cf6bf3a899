namespace TelemetryKit.Core.Storage;

/// <summary>Deletion of data that is older than the retention rule allows.</summary>
public interface IRetentionStore
{
    /// <summary>
    /// Deletes a project's events and counters of all days before <paramref name="before"/>, in both environments. Each element is one
    /// committed transaction of bounded size, so the enumeration may stop after any of them. The last transaction deletes the remaining
    /// events and all counters in one snapshot; after it, the statistics are those of the events that remain. If
    /// <paramref name="before"/> is within a closed month, the month's rollup is deleted until it is folded again. Installs are kept, so
    /// that none is counted as new twice.
    /// </summary>
    IAsyncEnumerable<Purged> PurgeAsync(Guid projectId, DateOnly before, CancellationToken cancellationToken);
}

/// <summary>The data that a purge deleted.</summary>
/// <param name="Events">The number of events.</param>
/// <param name="Days">The number of days of counters. A day in both environments counts twice.</param>
public readonly record struct Purged(long Events, long Days)
{
    /// <summary>Returns the sum.</summary>
    public static Purged operator +(Purged one, Purged other) => new(one.Events + other.Events, one.Days + other.Days);
}
