using Npgsql;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Accounts;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The store on PostgreSQL. Any number of processes may use one database. Each part has its own class; this one combines them.
/// </summary>
public sealed class PostgresStore : IStore
{
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;

    /// <summary>Creates the store, which connects when it is first used.</summary>
    public PostgresStore(string connectionString, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _database = new PostgresDatabase(connectionString);
        _time = time;
        var accounts = new PostgresAccountDatabase(_database, time);
        var projects = new PostgresProjects(_database, time);
        Commits = new PostgresCommits(_database, time);
        Events = new PostgresEvents(_database, time);
        Rollups = new PostgresRollups(_database);
        Retention = new PostgresPurge(_database);
        Projects = projects;
        Keys = new KeyTable(accounts, projects);
        Accounts = new AccountStore(accounts);
    }

    /// <inheritdoc/>
    public string Description => _database.Description;

    /// <inheritdoc/>
    public ICommitStore Commits { get; }

    /// <inheritdoc/>
    public IEventStore Events { get; }

    /// <inheritdoc/>
    public IRollupStore Rollups { get; }

    /// <inheritdoc/>
    public IRetentionStore Retention { get; }

    /// <inheritdoc/>
    public IProjectStore Projects { get; }

    /// <inheritdoc/>
    public IKeyStore Keys { get; }

    /// <inheritdoc/>
    public IAccountStore Accounts { get; }

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken) => new PostgresMigrator(_database, _time).MigrateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        _database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean", connection);
                return await command.ExecuteScalarAsync(cancellationToken) is false
                    ? true
                    : throw new StorageUnavailableException("PostgreSQL is read-only: it is in recovery, or it is a standby.");
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
