using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Support;

/// <summary>The store of a bench's events.</summary>
public enum StorageKind
{
    /// <summary>A separate PostgreSQL server with default settings.</summary>
    Postgres,

    /// <summary>A SQLite file.</summary>
    Sqlite,
}

/// <summary>The database of one server: a separate PostgreSQL server with default settings, or a folder for SQLite.</summary>
public sealed class BenchDatabase : IAsyncDisposable
{
    /// <summary>The secret of the servers of benches.</summary>
    public static ServerSecrets Secrets { get; } = new(ServerSecret.TryParse(TestSecret.Text)!);

    private readonly PostgresServer? _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-bench-").FullName;

    private BenchDatabase(PostgresServer? server, string? connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
    }

    /// <summary>The connection string for Npgsql; <c>null</c> for SQLite.</summary>
    public string? ConnectionString { get; }

    /// <summary>A temporary folder, for SQLite and other files.</summary>
    public string Folder => _folder;

    /// <summary>The value of <c>--database</c> for the commands of the bench.</summary>
    public string Target => ConnectionString ?? Folder;

    /// <summary>The process id of PostgreSQL's postmaster; 0 for SQLite, which runs in the server's process.</summary>
    public int ProcessId => _server?.ProcessId ?? 0;

    /// <summary>Creates an empty database.</summary>
    public static async Task<BenchDatabase> CreateAsync(StorageKind storage)
    {
        if (storage == StorageKind.Sqlite)
            return new BenchDatabase(null, null);
        var server = await PostgresServer.CreateAsync();
        return new BenchDatabase(server, await server.CreateDatabaseAsync());
    }

    /// <summary>Runs a query on PostgreSQL and returns its number.</summary>
    public async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Returns the size in bytes of a table with its indexes, and of everything else, after a checkpoint and a vacuum.</summary>
    public Task<(long Table, long Others)> SizeAsync(string table, string sqliteFile) =>
        ConnectionString is null ? SqliteSizeAsync(table, Path.Combine(Folder, sqliteFile)) : PostgresSizeAsync(table);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<(long Table, long Others)> PostgresSizeAsync(string table)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        foreach (var sql in (string[])["vacuum", "checkpoint"])
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync();
        }

        const string Sizes = """
            select coalesce(sum(pg_total_relation_size(oid)) filter (where relname = $1), 0)::bigint,
                   coalesce(sum(pg_total_relation_size(oid)) filter (where relname <> $1), 0)::bigint
            from pg_class where relkind in ('r', 'm') and relnamespace = 'public'::regnamespace
            """;
        await using var sizes = new NpgsqlCommand(Sizes, connection) { Parameters = { new() { Value = table } } };
        await using var reader = await sizes.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<(long Table, long Others)> SqliteSizeAsync(string table, string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        // This build of SQLite doesn't report the size of a table, so a copy is measured with and without the other tables.
        var copy = file + ".copy";
        await ExecuteAsync(connection, $"vacuum into '{copy}'");
        try
        {
            await using var alone = new SqliteConnection($"Data Source={copy};Pooling=False;Foreign Keys=False");
            await alone.OpenAsync();
            var whole = await PagesAsync(alone);
            foreach (var other in await OtherTablesAsync(alone, table))
                await ExecuteAsync(alone, $"drop table \"{other}\"");
            await ExecuteAsync(alone, "vacuum");
            var bytes = await PagesAsync(alone);
            return (bytes, whole - bytes);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task<List<string>> OtherTablesAsync(SqliteConnection connection, string table)
    {
        const string Others = "select name from sqlite_master where type = 'table' and name <> $table and name not like 'sqlite%'";
        await using var command = new SqliteCommand(Others, connection);
        command.Parameters.AddWithValue("$table", table);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> names = [];
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }

    private static async Task<long> PagesAsync(SqliteConnection connection)
    {
        await using var command = new SqliteCommand("select page_count * page_size from pragma_page_count, pragma_page_size", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
