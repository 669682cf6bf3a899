using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>The embedded store: one file for one process. Each part has its own class; this one combines them.</summary>
public sealed class SqliteStore : IStore
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly Seals _seals;
    private readonly ServerSecretTable _secret;

    /// <summary>Creates the store, which opens the file when it is first used. See <see cref="StorageOptions"/>.</summary>
    public SqliteStore(string folder, ISecretSource secrets, TimeProvider time, bool skipProcessLock = false)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        ArgumentNullException.ThrowIfNull(time);
        _seals = new Seals(secrets);
        _database = new SqliteDatabase(folder, skipProcessLock);
        _time = time;
        var accounts = new SqliteAccountDatabase(_database);
        var projects = new SqliteProjects(_database, _seals, time);
        _secret = new ServerSecretTable(accounts, _seals, time);
        Commits = new SqliteCommits(_database, time);
        Events = new SqliteEvents(_database);
        Rollups = new SqliteRollups(_database);
        Retention = new SqlitePurge(_database);
        Projects = projects;
        Keys = new KeyTable(accounts, projects);
        Accounts = new AccountStore(accounts, _seals);
    }

    /// <inheritdoc/>
    public string Description => $"SQLite {_database.File}";

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
        // A secret that can't be created leaves no empty database behind.
        if (!File.Exists(_database.File))
            _seals.Create();
        await _secret.CheckAsync(cancellationToken);
        await new SqliteMigrator(_database, _time).MigrateAsync(cancellationToken);
        await _secret.SealAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> ReplaceLostSecretAsync(CancellationToken cancellationToken) => _secret.ReplaceLostAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => _database.TransactAsync(_ => true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
