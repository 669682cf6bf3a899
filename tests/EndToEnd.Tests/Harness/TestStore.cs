using Microsoft.Data.Sqlite;
using Npgsql;
using System.Data.Common;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>What a store holds, told by SQL: past the server and all its caches.</summary>
/// <param name="Events">Events.</param>
/// <param name="DistinctEvents">Different event ids; fewer than events where one was stored twice.</param>
/// <param name="Usage">What the tenants' usage adds up to.</param>
internal sealed record Stored(long Events, long DistinctEvents, long Usage);

/// <summary>A database for one test's servers.</summary>
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
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = Keys.Write,
            ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = Keys.Read,
        };
    }

    /// <summary>A folder of the test's own; gone when disposed.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("telemetrykit-e2e-").FullName;

    /// <summary>The settings with which a server uses this store.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>The PostgreSQL server, where it is this test's own to kill.</summary>
    public PostgresServer Server => _ownServer ?? throw new InvalidOperationException("This store has no server of its own.");

    public static TestStore Sqlite() => new(null, null);

    /// <summary>A new database on the server that all tests share.</summary>
    public static async Task<TestStore> PostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return new TestStore(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(), null);
    }

    /// <summary>A PostgreSQL server for this test alone.</summary>
    public static async Task<TestStore> OwnPostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var server = await PostgresServer.CreateAsync();
        Assert.SkipUnless(server.CanBeKilled, "The PostgreSQL server was handed to us and is not ours to kill.");
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
        return new Stored(reader.GetInt64(0), reader.GetInt64(1), Convert.ToInt64(reader.GetValue(2), System.Globalization.CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownServer is not null)
            await _ownServer.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
