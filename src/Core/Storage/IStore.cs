using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Secrets;
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

    /// <summary>
    /// Applies the pending migrations, each in a transaction, and seals the secrets in the store with the server's secret. Locks ensure
    /// that one process at a time does.
    /// </summary>
    /// <exception cref="ServerSecretException">The server's secret is missing, or another one. Nothing was changed.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives a store whose secret is lost a new one. Each project gets a new secret, so its installs count as new ones from then on, and
    /// those from before can't be found by their ids. Data-protection keys are deleted, so codes of authenticator apps are wrong until
    /// second factors are set up again. No server may be running. Returns the number of projects.
    /// </summary>
    /// <exception cref="ServerSecretException">The secret isn't lost, or a new one can't be created.</exception>
    Task<int> ReplaceLostSecretAsync(CancellationToken cancellationToken);

    /// <summary>Checks that the store can be written to.</summary>
    /// <exception cref="StorageUnavailableException">The store can't be written to.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
