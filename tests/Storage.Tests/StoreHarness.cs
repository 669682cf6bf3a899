using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;
using TelemetryKit.Storage.Sqlite;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests;

/// <summary>A database for one class of tests. Each test uses its own projects and tenants.</summary>
public abstract class StoreHarness : IAsyncLifetime
{
    /// <summary>The store under test, migrated.</summary>
    public IStore Store { get; private set; } = null!;

    /// <summary>The clock of the store.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));

    /// <summary>
    /// Returns a second store on the same data, like that of another replica, or the same store if it supports one process only.
    /// </summary>
    public abstract IStore Another();

    /// <summary>Compacts the events that are stored. Their rows must be old enough, so the clock is advanced.</summary>
    public async Task CompactAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(3));
        while (await Store.Events.CompactEventsAsync(CancellationToken.None) > 0)
        {
        }
    }

    /// <summary>Runs SQL on a separate connection.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>Makes the store unavailable until the result is disposed.</summary>
    public abstract Task<IAsyncDisposable> TakeAwayAsync();

    public async ValueTask InitializeAsync()
    {
        Store = await OpenAsync();
        await Store.MigrateAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IStore> OpenAsync();

    protected abstract Task CloseAsync();

    protected sealed class Restore(Func<Task> restore) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await restore();
    }
}

public class PostgresHarness : StoreHarness
{
    private readonly List<IStore> _stores = [];
    private string _connectionString = "";

    protected PostgresServer Server { get; private set; } = null!;

    public string ConnectionString => _connectionString;

    public override IStore Another()
    {
        var store = new PostgresStore(_connectionString, TestSecrets.Usual, Time);
        _stores.Add(store);
        return store;
    }

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Returns the rows of a query.</summary>
    public async Task<List<object[]>> RowsAsync(string sql, params object[] parameters)
    {
        await using var connection = new Npgsql.NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await using var reader = await command.ExecuteReaderAsync();
        List<object[]> rows = [];
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    public override Task<IAsyncDisposable> TakeAwayAsync()
    {
        Assert.SkipUnless(Server.CanBeKilled, "The server of TELEMETRYKIT_TEST_POSTGRES must not be killed.");
        Server.KillPostmaster();
        return Task.FromResult<IAsyncDisposable>(new Restore(Server.StartAsync));
    }

    protected override async Task<IStore> OpenAsync()
    {
        if (PostgresServer.MissingReason is { } reason)
            Assert.Skip(reason);
        Server = await ServerAsync();
        _connectionString = await Server.CreateDatabaseAsync();
        return Another();
    }

    protected virtual Task<PostgresServer> ServerAsync() => PostgresServer.SharedAsync();

    protected override async Task CloseAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }
}

/// <summary>A separate server, which tests can kill.</summary>
public sealed class OwnPostgresHarness : PostgresHarness
{
    protected override Task<PostgresServer> ServerAsync() => PostgresServer.CreateAsync();

    protected override async Task CloseAsync()
    {
        await base.CloseAsync();
        await Server.DisposeAsync();
    }
}

public sealed class SqliteHarness : StoreHarness
{
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"telemetrykit-sqlite-{Guid.NewGuid():N}");

    private string Connection =>
        new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(Folder, StorageOptions.DatabaseFile),
            Pooling = false,
        }.ConnectionString;

    public override IStore Another() => Store;

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(Connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Holds the write lock of the file, like another program.</summary>
    public override async Task<IAsyncDisposable> TakeAwayAsync()
    {
        var connection = new SqliteConnection(Connection);
        await connection.OpenAsync();
        var transaction = connection.BeginTransaction();
        return new Restore(async () =>
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        });
    }

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new SqliteStore(Folder, TestSecrets.Usual, Time));

    protected override async Task CloseAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
