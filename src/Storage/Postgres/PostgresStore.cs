using Npgsql;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The store on PostgreSQL. Any number of processes may use one database. Each part has its own class; this one combines them.
/// </summary>
public sealed class PostgresStore : IStore
{
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ServerSecretTable _secret;

    /// <summary>Creates the store, which connects when it is first used.</summary>
    public PostgresStore(string connectionString, ISecretSource secrets, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        ArgumentNullException.ThrowIfNull(time);
        var seals = new Seals(secrets);
        _database = new PostgresDatabase(connectionString);
        _time = time;
        var accounts = new PostgresAccountDatabase(_database, time);
        var projects = new PostgresProjects(_database, seals, time);
        _secret = new ServerSecretTable(accounts, seals, time);
        Commits = new PostgresCommits(_database, time);
        Events = new PostgresEvents(_database, time);
        Rollups = new PostgresRollups(_database);
        Retention = new PostgresPurge(_database);
        Projects = projects;
        Keys = new KeyTable(accounts, projects);
        Accounts = new AccountStore(accounts, seals);
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
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await _secret.CheckAsync(cancellationToken);
        await new PostgresMigrator(_database, _time).MigrateAsync(cancellationToken);
        await _secret.SealAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> ReplaceLostSecretAsync(CancellationToken cancellationToken) => _secret.ReplaceLostAsync(cancellationToken);

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
