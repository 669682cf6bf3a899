using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests.Secrets;

/// <summary>A database of one test, which stores with different secrets open one after another or at once.</summary>
internal sealed class SealedDatabase : IAsyncDisposable
{
    private readonly PostgresServer? _server;
    private readonly string? _postgres;

    private SealedDatabase(string kind, PostgresServer? server, string? postgres) => (Kind, _server, _postgres) = (kind, server, postgres);

    /// <summary><c>Sqlite</c> or <c>Postgres</c>.</summary>
    public string Kind { get; }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"telemetrykit-sealed-{Guid.NewGuid():N}");

    public static async Task<SealedDatabase> CreateAsync(string kind)
    {
        if (kind == "Sqlite")
            return new(kind, null, null);
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var server = await PostgresServer.SharedAsync();
        return new(kind, server, await server.CreateDatabaseAsync());
    }

    public IStore Open(ISecretSource secrets) => StoreFactory.Create(
        new StorageOptions { DataFolder = Folder, PostgresConnectionString = _postgres, Secrets = secrets }, TimeProvider.System);

    /// <summary>Opens a store, migrates it and runs work with it.</summary>
    public async Task<T> UseAsync<T>(ISecretSource secrets, Func<IStore, Task<T>> work)
    {
        await using var store = Open(secrets);
        await store.MigrateAsync(default);
        return await work(store);
    }

    /// <summary>Migrates to the schema of the last version that didn't seal secrets.</summary>
    public async Task MigrateToPlainAsync()
    {
        Directory.CreateDirectory(Folder);
        await using var connection = await ConnectAsync();
        await ExecuteAsync(
            connection,
            $"""
            create table schema_migrations
                (version integer primary key, name text not null, checksum text not null,
                applied_at {Column("bigint", "timestamptz")} not null)
            """);
        foreach (var migration in Migration.Load(Kind).TakeWhile(migration => migration.Name != "secrets"))
        {
            await ExecuteAsync(connection, migration.Sql);
            await ExecuteAsync(
                connection,
                $"insert into schema_migrations values ({migration.Version}, '{migration.Name}', '{migration.Checksum}', "
                + Column("0", "now()") + ")");
        }
    }

    /// <summary>Runs SQL on a separate connection.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await ExecuteAsync(connection, sql);
    }

    public string Bytes(ReadOnlySpan<byte> bytes) => Column($"x'{Convert.ToHexString(bytes)}'", $"'\\x{Convert.ToHexString(bytes)}'");

    public string Id(Guid id) => Column($"x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'", $"'{id}'");

    public string Now => Column("0", "now()");

    /// <summary>
    /// Returns everything that a thief of the database has: the content of all tables as text, and all files of a SQLite database or of a
    /// PostgreSQL database on this machine.
    /// </summary>
    public async Task<byte[]> StolenAsync()
    {
        using var all = new MemoryStream();
        await using var connection = await ConnectAsync();
        if (_postgres is not null)
            await ExecuteAsync(connection, "checkpoint");
        foreach (var table in await ColumnAsync(
            connection,
            Column(
                "select name from sqlite_master where type = 'table'",
                "select tablename from pg_tables where schemaname = 'public'")))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select * from \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                    all.Write(reader.GetValue(i) is byte[] bytes ? bytes : Encoding.UTF8.GetBytes(reader.GetValue(i).ToString() ?? ""));
            }
        }

        var folder = _server is null
            ? Folder
            : Path.Combine(_server.DataFolder, "base", (await ColumnAsync(
                connection, "select oid::text from pg_database where datname = current_database()"))[0]);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            try
            {
                all.Write(await File.ReadAllBytesAsync(file));
            }
            catch (FileNotFoundException)
            {
                // PostgreSQL deletes files of replaced tables at any time.
            }
        }

        return all.ToArray();
    }

    /// <summary>Returns the content of a column that is text or bytes, in hex.</summary>
    public async Task<string> DumpAsync(string column, string table)
    {
        await using var connection = await ConnectAsync();
        return string.Join(' ', await ColumnAsync(
            connection, Column($"select hex({column}) from {table}", $"select encode({column}::text::bytea, 'hex') from {table}")));
    }

    /// <summary>
    /// Begins a transaction that reads what is committed now until the connection is disposed. Returns <c>null</c> for SQLite, whose start
    /// waits for such a transaction.
    /// </summary>
    public async Task<DbConnection?> BeginReadingAsync()
    {
        if (_postgres is null)
            return null;
        var connection = await ConnectAsync();
        await ExecuteAsync(connection, "begin isolation level repeatable read");
        await ExecuteAsync(connection, "select count(*) from accounts");
        return connection;
    }

    /// <summary>Returns whether replaced values may still be in the files.</summary>
    public async Task<bool> HasResidueAsync()
    {
        await using var connection = await ConnectAsync();
        return (await ColumnAsync(connection, "select cast(has_residue as text) from server_secret"))[0] is "1" or "true";
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        File.Delete(Folder + ".secret");
        await Task.CompletedTask;
    }

    private static async Task<List<string>> ColumnAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<string> values = [];
        while (await reader.ReadAsync())
            values.Add(reader.GetString(0));
        return values;
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private string Column(string sqlite, string postgres) => _postgres is null ? sqlite : postgres;

    private async Task<DbConnection> ConnectAsync()
    {
        DbConnection connection = _postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(Folder, StorageOptions.DatabaseFile)};Pooling=False")
            : new NpgsqlConnection(_postgres + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
