using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TelemetryKit.Api.Start;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Start;

/// <summary>A start that fails until the operator does something ends with a sentence that says what, and with exit code 2.</summary>
public sealed class LastingFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-fault-").FullName;

    private string DatabaseFile => Path.Combine(_folder, StorageOptions.DatabaseFile);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_is_not_a_database()
    {
        await File.WriteAllTextAsync(DatabaseFile, new string('x', 100_000));
        await EndsAsync(["Restore it from a backup", DatabaseFile]);
        Assert.Equal(2, await ExitCodeAsync());
    }

    [Fact]
    public async Task A_damaged_database()
    {
        await using (await TestServer.StartAsync(new TestServerOptions { Folder = _folder }))
        {
        }

        await using (var file = new FileStream(DatabaseFile, FileMode.Open))
        {
            // The header remains, and the schema after it is overwritten.
            file.Position = 100;
            await file.WriteAsync(Enumerable.Repeat((byte)0x5a, (int)file.Length - 100).ToArray());
        }

        await EndsAsync(["Restore it from a backup", DatabaseFile]);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_database()
    {
        Directory.CreateDirectory(DatabaseFile);
        await EndsAsync([DatabaseFile]);
    }

    [Fact]
    public async Task A_missing_database_of_postgresql()
    {
        await EndsAsync(["Create the database", "nowhere"], await PostgresAsync(connection => connection.Database = "nowhere"));
        var arguments = await PostgresAsync(connection => connection.Database = "nowhere");
        Assert.Equal(2, await ExitCodeAsync(arguments));
    }

    [Fact]
    public async Task A_missing_role_of_postgresql() =>
        await EndsAsync(["Create the role", "nobody"], await PostgresAsync(connection => connection.Username = "nobody"));

    [Fact]
    public async Task A_secret_that_cannot_be_created_leaves_no_database_behind()
    {
        var data = Path.Combine(_folder, "data");
        // The file of the secret is next to the folder.
        Directory.CreateDirectory(data + ".secret");
        Assert.Equal(2, await ExitCodeAsync("--TELEMETRYKIT_DATA", data));
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task An_encrypted_connection_that_postgresql_does_not_offer() =>
        await EndsAsync(["sslmode"], await PostgresAsync(connection => connection.SslMode = SslMode.Require));

    [Fact]
    public async Task A_schema_that_postgresql_does_not_have() =>
        await EndsAsync(["search_path"], await PostgresAsync(connection => connection.SearchPath = "nowhere"));

    [Fact]
    public async Task An_option_that_postgresql_does_not_have() =>
        await EndsAsync(["Correct the options"], await PostgresAsync(connection => connection.Options = "-c nonsense=1"));

    private static async Task<string[]> PostgresAsync(Action<NpgsqlConnectionStringBuilder> change)
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var connection = new NpgsqlConnectionStringBuilder(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        change(connection);
        return ["--TELEMETRYKIT_POSTGRES", connection.ConnectionString];
    }

    private async Task EndsAsync(string[] texts, params string[] args)
    {
        await using var server = await TestServer.StartAsync(
            new TestServerOptions { Folder = _folder, Args = args, WaitUntilReady = false });
        var faults = server.Services.GetRequiredService<StartFaults>();
        await Eventually.TrueAsync(() => faults.Fault is not null, "the start fails");
        Assert.True(faults.Fault!.IsSetting, faults.Fault.Sentence);
        Assert.All(texts, text => Assert.Contains(text, faults.Fault.Sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal));
    }

    private Task<int> ExitCodeAsync(params string[] args) => Program.Main(
        ["--urls", "http://127.0.0.1:0", "--TELEMETRYKIT_DATA", _folder, "--Logging:LogLevel:Default=None", .. args]);
}
