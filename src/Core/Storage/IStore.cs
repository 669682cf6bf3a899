using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Storage;

/// <summary>The data of a server. A process has one instance; disposing it closes its connections.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>The location of the data, for display: the path of a file, or host and database. It never contains a password.</summary>
    string Description { get; }

    /// <summary>Ingest transactions.</summary>
    ICommitStore Commits { get; }

    /// <summary>Stored events.</summary>
    IEventStore Events { get; }

    /// <summary>The counters of days and months.</summary>
    IRollupStore Rollups { get; }

    /// <summary>Deletion of old data.</summary>
    IRetentionStore Retention { get; }

    /// <summary>The projects, for ingest and statistics.</summary>
    IProjectStore Projects { get; }

    /// <summary>The keys of projects.</summary>
    IKeyStore Keys { get; }

    /// <summary>Accounts, tenants, and the projects they manage.</summary>
    IAccountStore Accounts { get; }

    /// <summary>Applies the pending migrations, each in a transaction. A lock ensures that one process at a time does.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Checks that the store can be written to.</summary>
    /// <exception cref="StorageUnavailableException">The store can't be written to.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
