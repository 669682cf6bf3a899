using Npgsql;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>The test server, on which the suites that kill it rely.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_killed_server_restarts_with_committed_data_and_its_files_are_deleted_when_it_is_disposed()
    {
        if (PostgresServer.MissingReason is { } reason)
            Assert.Skip(reason);
        var server = await PostgresServer.CreateAsync();
        Assert.SkipUnless(server.CanBeKilled, "The server of TELEMETRYKIT_TEST_POSTGRES must not be killed.");
        var folder = server.DataFolder;
        await using (server)
        {
            var database = await server.CreateDatabaseAsync();
            Assert.Equal("on", await QueryAsync(database, "show fsync"));
            await QueryAsync(database, "create table t as select 1 as one");
            server.KillPostmaster();
            Assert.Equal(0, server.ProcessId);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => QueryAsync(database, "select one from t"));
            await server.StartAsync();
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
            Assert.Equal(1, await QueryAsync(database, "select one from t"));
            await server.StopAsync();
            await server.StartAsync();
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
            Assert.Equal(1, await QueryAsync(database, "select one from t"));
        }

        Assert.False(Directory.Exists(folder));
    }

    private static async Task<object?> QueryAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
