using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Upgrades;

/// <summary>
/// Data that the server of commit 3cf5848 wrote, on both stores, is read, counted and extended. <c>make-fixtures</c> in this folder makes
/// the databases and says what was sent to that server.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Live = "tk_live_wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";
    private const string Read = "tk_read_rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr";

    // Two hours after the data was sent.
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 6, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-upgrade-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Data_of_an_old_server_is_counted_and_extended(string storage)
    {
        var database = storage == "postgres" ? await CopyPostgresAsync() : null;
        if (database is null)
            File.Copy(Fixture("3cf5848.db"), Path.Combine(_folder, StorageOptions.DatabaseFile));
        string migrations;
        await using (var server = new UpgradedServer(_folder, database))
        {
            await server.InitializeAsync();
            await HoldAsync(server, total: 15, deploys: 3);

            // A batch that the old server accepted is a duplicate, a new one isn't.
            Assert.Equal((0, 7), await SendAsync(server, "00000000-0000-7000-8000-000000000001", "build", 7));
            Assert.Equal((2, 0), await SendAsync(server, "00000000-0000-7000-8000-000000000009", "deploy", 2));
            await HoldAsync(server, total: 17, deploys: 5);

            // Accounts, memberships and keys are those of the old server.
            using var ada = server.NewPerson();
            ada.Email = "ada@example.org";
            await ada.SignInAsync();
            var projects = (await ada.JsonAsync($"/v1/tenants/{await ada.TenantAsync()}/projects"))["projects"]!.AsArray();
            Assert.Equal(["default", "second-cli"], projects.Select(project => (string?)project!["name"]).Order());
            var second = projects.Single(project => (string?)project!["name"] == "second-cli")!;
            var overview = await ada.JsonAsync($"/v1/stats/overview?days=7&project={second["id"]}");
            Assert.Equal(4, (int)overview["events"]!);
            migrations = await MigrationsAsync(database);
        }

        // The next start migrates nothing.
        await using (var server = new UpgradedServer(_folder, database))
        {
            await server.InitializeAsync();
            await HoldAsync(server, total: 17, deploys: 5);
        }

        Assert.Equal(migrations, await MigrationsAsync(database));
    }

    // What make-fixtures has sent, and two events more.
    private static async Task HoldAsync(UpgradedServer server, int total, int deploys)
    {
        await Eventually.TrueAsync(
            async () => (int)(await GetAsync(server, "overview?days=7"))["events"]! == total, $"the statistics count {total} events");
        var overview = await GetAsync(server, "overview?days=7");
        Assert.Equal(7, (int)overview["installs"]!);
        Assert.Equal(3, (int)overview["failures"]!);
        var commands = (await GetAsync(server, "top?by=command&days=7"))["items"]!.AsArray()
            .ToDictionary(item => (string)item!["value"]!, item => (int)item!["events"]!);
        Assert.Equal(new Dictionary<string, int> { ["build"] = 7, ["test"] = 5, ["deploy"] = deploys }, commands);
    }

    private static async Task<JsonObject> GetAsync(UpgradedServer server, string question)
    {
        using var response = await server.Server.Client.SendAsync(Request.Get("/v1/stats/" + question, Read));
        return await response.JsonAsync(200);
    }

    private static async Task<(int Accepted, int Duplicates)> SendAsync(UpgradedServer server, string id, string command, int events)
    {
        var batch = new JsonObject
        {
            ["batch_id"] = id,
            ["service_name"] = "old-cli",
            ["events"] = new JsonArray([.. Enumerable.Range(0, events).Select(i => new JsonObject
            {
                ["event_id"] = $"{id}-{i}", ["event_type"] = "command_executed", ["timestamp"] = Now.AddHours(-1).ToString("O"),
                ["user_id"] = $"user-{i}", ["success"] = true, ["metadata"] = new JsonObject { ["command"] = command },
            })]),
        };
        using var response = await server.Server.Client.SendAsync(Request.Ingest(Live, batch.ToJsonString()));
        var result = await response.JsonAsync(200);
        return ((int)result["accepted"]!, (int)result["duplicates"]!);
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Upgrades", "fixtures", name);

    private static async Task<string> CopyPostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        // pg_dump writes commands of psql, too.
        var statements = (await File.ReadAllLinesAsync(Fixture("3cf5848.sql"))).Where(line => !line.StartsWith('\\'));
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        await using var command = source.CreateCommand(string.Join('\n', statements));
        await command.ExecuteNonQueryAsync();
        return database;
    }

    private async Task<string> MigrationsAsync(string? database)
    {
        await using DbConnection connection = database is null
            ? new SqliteConnection(
                $"Data Source={Path.Combine(_folder, StorageOptions.DatabaseFile)};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select version, applied_at from schema_migrations order by version";
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add($"{reader.GetValue(0)} {reader.GetValue(1)}");
        Assert.True(rows.Count > 10);
        return string.Join('\n', rows);
    }

    private sealed class UpgradedServer(string folder, string? postgres) : AccountServer
    {
        public override ManualTime Time { get; } = new(Now);

        protected override string? Folder => folder;

        protected override string[] Args =>
        [
            "--TELEMETRYKIT_PUBLIC_URL", "http://telemetry.example.org",
            .. postgres is null ? [] : (string[])["--TELEMETRYKIT_POSTGRES", postgres],
        ];
    }
}
