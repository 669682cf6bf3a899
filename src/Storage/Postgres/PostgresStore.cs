using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>The store on PostgreSQL. Any number of processes may use one database. Each capability is a class of its own; this puts them together.</summary>
public sealed class PostgresStore : IStore
{
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly PostgresDays _days;
    private readonly PostgresRollups _rollups;
    private readonly PostgresMonths _months;
    private readonly PostgresProjects _projects;
    private readonly EventPager _pager;
    private readonly EventScanner _scanner;
    private readonly EventCompactor _compactor;
    private readonly InstallDeletion _deletion;
    private readonly KeyCleanup _keys;
    private readonly PostgresPurge _purge;

    /// <summary>Makes the store; connects on first use.</summary>
    public PostgresStore(string connectionString, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _database = new PostgresDatabase(connectionString);
        _time = time;
        _days = new PostgresDays(_database);
        _rollups = new PostgresRollups(_database);
        _months = new PostgresMonths(_database);
        _projects = new PostgresProjects(_database, time);
        _pager = new EventPager(_database);
        _scanner = new EventScanner(_database);
        _compactor = new EventCompactor(_database, time);
        _deletion = new InstallDeletion(_database, _scanner);
        _keys = new KeyCleanup(_database);
        _purge = new PostgresPurge(_database);
    }

    /// <summary>Its connections, for the tables that other classes look after.</summary>
    internal PostgresDatabase Database => _database;

    /// <inheritdoc/>
    public string Description => _database.Description;

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken) => new PostgresMigrator(_database, _time).MigrateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        _database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand("select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean", connection);
                return await command.ExecuteScalarAsync(cancellationToken) is false
                    ? true
                    : throw new StorageUnavailableException("PostgreSQL is read-only: it recovers, or is a standby.");
            },
            cancellationToken);

    /// <inheritdoc/>
    public int CommitsAtOnce => 2;

    /// <inheritdoc/>
    public Task<ICommit> BeginAsync(CancellationToken cancellationToken) => Task.FromResult<ICommit>(new PostgresCommit(_database, _database.Open(), _time));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DayState>> ReadDaysAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, IReadOnlyDictionary<DateOnly, KnownDay> known, CancellationToken cancellationToken) =>
        _days.ReadAsync(projectId, environment, from, to, known, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MonthState>> ReadMonthsAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        _months.ReadAsync(projectId, environment, from, to, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
        _rollups.FindPendingDaysAsync(minimum, olderThan, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<int> FoldDayAsync(
        Guid projectId, DataEnvironment environment, DateOnly day, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken) =>
        _rollups.FoldDayAsync(projectId, environment, day, fold, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        _months.FindOpenAsync(closedBefore, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> FoldMonthAsync(
        Guid projectId, DataEnvironment environment, DateOnly month, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken) =>
        _months.FoldAsync(projectId, environment, month, fold, cancellationToken);

    /// <inheritdoc/>
    public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) => _pager.ReadAsync(query, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) => _scanner.ScanAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<long> DeleteInstallAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(projectId, install, rebuild, cancellationToken);

    /// <inheritdoc/>
    public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => _compactor.CompactAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken) => _keys.ForgetAsync(before, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Purged> PurgeAsync(Guid projectId, DateOnly before, CancellationToken cancellationToken) => _purge.PurgeAsync(projectId, before, cancellationToken);

    /// <inheritdoc/>
    public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) => _projects.FindKeyAsync(hash, now, cancellationToken);

    /// <inheritdoc/>
    public Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken) => _projects.FindProjectAsync(projectId, cancellationToken);

    /// <inheritdoc/>
    public Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        _projects.EnsureProjectAsync(tenantId, name, cancellationToken);

    /// <inheritdoc/>
    public Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken) => _projects.EnsureDefaultTenantAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddKeyAsync(NewKey key, CancellationToken cancellationToken) => _projects.AddKeyAsync(key, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RevokeKeyAsync(Guid projectId, Guid keyId, DateTimeOffset now, CancellationToken cancellationToken) =>
        _projects.RevokeKeyAsync(projectId, keyId, now, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeyInfo>> ListKeysAsync(Guid projectId, CancellationToken cancellationToken) => _projects.ListKeysAsync(projectId, cancellationToken);

    /// <inheritdoc/>
    public Task<long> ReadUsageAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken) => _projects.ReadUsageAsync(tenantId, month, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
