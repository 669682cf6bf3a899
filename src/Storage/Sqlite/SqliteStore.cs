using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>The embedded store: one file, one process. Each capability is a class of its own; this puts them together.</summary>
public sealed class SqliteStore : IStore
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly SqliteRollups _rollups;
    private readonly SqliteMonths _months;
    private readonly SqliteProjects _projects;
    private readonly SqliteEvents _events;
    private readonly SqliteInstallDeletion _deletion;
    private readonly SqliteKeyCleanup _keys;
    private readonly SqlitePurge _purge;

    /// <summary>Makes the store; opens the file on first use. See <see cref="StorageOptions.BesideServer"/>.</summary>
    public SqliteStore(string folder, TimeProvider time, bool besideServer = false)
    {
        ArgumentNullException.ThrowIfNull(time);
        _database = new SqliteDatabase(folder, besideServer);
        _time = time;
        _rollups = new SqliteRollups(_database);
        _months = new SqliteMonths(_database);
        _projects = new SqliteProjects(_database, time);
        _events = new SqliteEvents(_database);
        _deletion = new SqliteInstallDeletion(_database);
        _keys = new SqliteKeyCleanup(_database);
        _purge = new SqlitePurge(_database);
    }

    /// <summary>Its connections, for the tables that other classes look after.</summary>
    internal SqliteDatabase Database => _database;

    /// <inheritdoc/>
    public string Description => $"SQLite {_database.File}";

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken) => new SqliteMigrator(_database, _time).MigrateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => _database.TransactAsync(_ => true, cancellationToken);

    /// <inheritdoc/>
    public async Task<ICommit> BeginAsync(CancellationToken cancellationToken)
    {
        var lease = await _database.WriteAsync(cancellationToken);
        try
        {
            lease.Run(session => session.Execute("begin immediate"));
            return new SqliteCommit(lease, _time);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DayState>> ReadDaysAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, IReadOnlyDictionary<DateOnly, KnownDay> known, CancellationToken cancellationToken) =>
        _rollups.ReadDaysAsync(projectId, environment, from, to, known, cancellationToken);

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
    public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) => _events.ReadPageAsync(query, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) => _events.ScanAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<long> DeleteInstallAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(projectId, install, rebuild, cancellationToken);

    /// <inheritdoc/>
    public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => Task.FromResult(0);

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
