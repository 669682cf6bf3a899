namespace TelemetryKit.Core.Storage;

/// <summary>Everything a server keeps. One instance for a process; disposing closes its connections.</summary>
public interface IStore : ICommitStore, IRollupStore, IEventStore, IProjectStore, IRetentionStore, IAsyncDisposable
{
    /// <summary>Where the data is, for people: a file's path, or host and database. Never a password.</summary>
    string Description { get; }

    /// <summary>Brings the schema up to date: numbered migrations, each in a transaction, under a lock that other processes wait for.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StorageUnavailableException"/> where the store can't be written to now.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
