using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>The content of a database, read with SQL and not through the server and its caches.</summary>
/// <param name="Events">The number of events.</param>
/// <param name="DistinctEvents">The number of distinct event ids; less than <paramref name="Events"/> if one was stored twice.</param>
/// <param name="Usage">The sum of the usage of all tenants.</param>
internal sealed record Stored(long Events, long DistinctEvents, long Usage);

/// <summary>A database for the servers of one test.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly PostgresServer? _ownServer;
    private readonly string? _postgres;

    private TestStore(string? postgres, PostgresServer? ownServer)
    {
        _postgres = postgres;
        _ownServer = ownServer;
        Environment = new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_DATA"] = Folder,
            ["TELEMETRYKIT_POSTGRES"] = postgres,
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = Keys.Write,
            ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = Keys.Read,
        };
    }

    /// <summary>The folder of the test. Disposing deletes it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("telemetrykit-e2e-").FullName;

    /// <summary>The environment variables with which a server uses this store.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>The PostgreSQL server of this test.</summary>
    /// <exception cref="InvalidOperationException">The store is SQLite or on the shared server.</exception>
    public PostgresServer Server => _ownServer ?? throw new InvalidOperationException("This store is not on a separate server.");

    public static TestStore Sqlite() => new(null, null);

    /// <summary>Creates a database on the server that all tests share.</summary>
    public static async Task<TestStore> PostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return new TestStore(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(), null);
    }

    /// <summary>Creates a PostgreSQL server for this test only, and a database on it.</summary>
    public static async Task<TestStore> OwnPostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var server = await PostgresServer.CreateAsync();
        Assert.SkipUnless(server.CanBeKilled, "The PostgreSQL server is external and can't be killed.");
        return new TestStore(await server.CreateDatabaseAsync(), server);
    }

    public static async Task<TestStore> CreateAsync(string storage) => storage == "postgres" ? await PostgresAsync() : Sqlite();

    public async Task<Stored> CountAsync()
    {
        await using DbConnection connection = _postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(Folder, "telemetrykit.db")};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(_postgres + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*), count(distinct event_id), (select coalesce(sum(accepted), 0) from usage) from events";
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var usage = Convert.ToInt64(reader.GetValue(2), CultureInfo.InvariantCulture);
        return new Stored(reader.GetInt64(0), reader.GetInt64(1), usage);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownServer is not null)
            await _ownServer.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
