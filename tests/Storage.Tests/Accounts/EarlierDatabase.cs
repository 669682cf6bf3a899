using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>A database with the schema of an earlier version, to be filled and then migrated.</summary>
internal sealed class EarlierDatabase : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-migration-").FullName;
    private readonly StorageOptions _options;
    private readonly DbConnection _connection;

    private EarlierDatabase(string? postgres)
    {
        _options = new StorageOptions { DataFolder = _folder, PostgresConnectionString = postgres, Secrets = TestSecrets.Usual };
        _connection = postgres is not null
            ? new NpgsqlConnection(postgres)
            : new SqliteConnection($"Data Source={Path.Combine(_folder, StorageOptions.DatabaseFile)};Pooling=False");
    }

    /// <summary>Creates a database of a kind with the migrations before one.</summary>
    public static async Task<EarlierDatabase> CreateAsync(string kind, string before, DateTimeOffset now)
    {
        var database = new EarlierDatabase(kind == "Postgres" ? await PostgresAsync() : null);
        await database._connection.OpenAsync();
        await database.ApplyAsync(Migration.Load(kind).TakeWhile(migration => migration.Name != before), now);
        return database;
    }

    /// <summary>Applies the other migrations and returns the store.</summary>
    public async Task<IStore> MigrateAsync()
    {
        await _connection.DisposeAsync();
        var store = StoreFactory.Create(_options, new ManualTime());
        await store.MigrateAsync(default);
        return store;
    }

    public async Task ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, _connection is SqliteConnection ? InSqlite(value) : value);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> PostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
    }

    private async Task ApplyAsync(IEnumerable<Migration> migrations, DateTimeOffset now)
    {
        var time = _connection is SqliteConnection ? "integer" : "timestamptz";
        await ExecuteAsync($"create table schema_migrations (version integer primary key, name text, checksum text, applied_at {time})");
        foreach (var migration in migrations)
        {
            await ExecuteAsync(migration.Sql);
            await ExecuteAsync(
                "insert into schema_migrations values (@version, @name, @checksum, @at)",
                ("version", migration.Version), ("name", migration.Name), ("checksum", migration.Checksum), ("at", now));
        }
    }

    private static object InSqlite(object value) => value switch
    {
        Guid id => id.ToByteArray(bigEndian: true),
        DateTimeOffset time => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        _ => value,
    };
}
