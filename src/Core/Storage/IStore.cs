using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Storage;

/// <summary>Everything that a server stores. A process has one instance; disposing it closes its connections.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Where the data is, for display: a file's path, or host and database. Never a password.</summary>
    string Description { get; }

    /// <summary>Ingest transactions.</summary>
    ICommitStore Commits { get; }

    /// <summary>Stored events.</summary>
    IEventStore Events { get; }

    /// <summary>Counters of days and months.</summary>
    IRollupStore Rollups { get; }

    /// <summary>Deletion of old data.</summary>
    IRetentionStore Retention { get; }

    /// <summary>Projects as ingest and statistics need them.</summary>
    IProjectStore Projects { get; }

    /// <summary>Keys of projects.</summary>
    IKeyStore Keys { get; }

    /// <summary>People, tenants and what they manage.</summary>
    IAccountStore Accounts { get; }

    /// <summary>Applies the pending migrations, each in a transaction, under a lock for which other processes wait.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Checks that the store can be written to.</summary>
    /// <exception cref="StorageUnavailableException">It can't.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
