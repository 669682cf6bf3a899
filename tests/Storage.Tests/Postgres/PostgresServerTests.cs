using Npgsql;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>The test server itself: suites that kill it rely on these.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_killed_server_starts_again_with_what_was_committed_and_is_gone_when_disposed()
    {
        if (PostgresServer.MissingReason is { } reason)
            Assert.Skip(reason);
        var server = await PostgresServer.CreateAsync();
        Assert.SkipUnless(server.CanBeKilled, "The server of TELEMETRYKIT_TEST_POSTGRES is not ours to kill.");
        var folder = server.DataFolder;
        await using (server)
        {
            var database = await server.CreateDatabaseAsync();
            Assert.Equal("on", await AskAsync(database, "show fsync"));
            await AskAsync(database, "create table t as select 1 as one");
            server.KillPostmaster();
            Assert.Equal(0, server.ProcessId);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => AskAsync(database, "select one from t"));
            await server.StartAsync();
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
            Assert.Equal(1, await AskAsync(database, "select one from t"));
            await server.StopAsync();
            await server.StartAsync();
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
            Assert.Equal(1, await AskAsync(database, "select one from t"));
        }

        Assert.False(Directory.Exists(folder));
    }

    private static async Task<object?> AskAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
