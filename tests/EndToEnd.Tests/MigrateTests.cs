using System.Diagnostics;
using Npgsql;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>The command <c>admin migrate</c> as a process.</summary>
public class MigrateTests
{
    [Fact]
    public async Task An_empty_SQLite_database_is_migrated_and_a_server_starts_on_it()
    {
        await using var store = TestStore.Sqlite();
        for (var run = 0; run < 2; run++)
        {
            var result = await store.AdminAsync("migrate", "--wait", "0");
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains("The database has the schema of this version", result.Output, StringComparison.Ordinal);
        }

        Assert.Equal(new Stored(0, 0, 0), await store.CountAsync());
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
    }

    [Fact]
    public async Task A_database_that_starts_later_is_waited_for()
    {
        await using var store = await TestStore.OwnPostgresAsync();
        await store.Server.StopAsync();
        var start = store.Admin("migrate", "--wait", "600");
        start.RedirectStandardError = true;
        using var migration = Process.Start(start)!;
        Assert.StartsWith("Waiting for the database: ", await migration.StandardError.ReadLineAsync(), StringComparison.Ordinal);
        await store.Server.StartAsync();
        var rest = await migration.StandardError.ReadToEndAsync();
        await migration.WaitForExitAsync();
        Assert.True(migration.ExitCode == 0, rest);
    }

    [Theory]
    [InlineData("Port=1", 1, "The database was not migrated, because it couldn't be reached for 0 seconds")]
    [InlineData("Database=missing", 2, "Create the database, or correct its name.")]
    public async Task A_database_that_can_not_be_used_is_a_fault(string change, int code, string message)
    {
        await using var store = await TestStore.PostgresAsync();
        store.Environment["TELEMETRYKIT_POSTGRES"] += ";" + change;
        var result = await store.AdminAsync("migrate", "--wait", "0");
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var store = await TestStore.PostgresAsync();
        Assert.Equal(0, (await store.AdminAsync("migrate")).ExitCode);
        await using (var connection = new NpgsqlConnection(store.Environment["TELEMETRYKIT_POSTGRES"] + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("insert into schema_migrations values (9999, 'later', 'x', now())", connection);
            await command.ExecuteNonQueryAsync();
        }

        var result = await store.AdminAsync("migrate");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("The database was not migrated: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("9999", result.Error, StringComparison.Ordinal);
    }
}
