using System.Data.Common;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A server that logs all it can.</summary>
public abstract class TalkativeServer : AccountServer
{
    protected override string LogLevel => "Trace";

    // The client is a trusted proxy, so that the forwarded address is processed like a real one.
    protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_TRUSTED_PROXIES", SilenceTests.Address];

    /// <summary>The database, to look into.</summary>
    public abstract DbConnection Connect();

    /// <summary>Lists its tables.</summary>
    public abstract string TablesSql { get; }
}

public sealed class TalkativeSqliteServer : TalkativeServer
{
    public override string TablesSql => "select name from sqlite_master where type = 'table'";

    public override DbConnection Connect() =>
        new SqliteConnection($"Data Source={Path.Combine(Server.Folder, StorageOptions.DatabaseFile)};Mode=ReadOnly;Pooling=False");
}

public sealed class TalkativePostgresServer : TalkativeServer
{
    private readonly Lazy<string> _database = new(() =>
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return Task.Run(async () => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()).GetAwaiter().GetResult();
    });

    public override string TablesSql =>
        "select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = 'public'";

    protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_POSTGRES", _database.Value];

    public override DbConnection Connect() => new NpgsqlConnection(_database.Value);
}

public sealed class SqliteSilenceTests(TalkativeSqliteServer server) : SilenceTests(server), IClassFixture<TalkativeSqliteServer>;

public sealed class PostgresSilenceTests(TalkativePostgresServer server) : SilenceTests(server), IClassFixture<TalkativePostgresServer>;

/// <summary>What must be nowhere after a run in which everything happened.</summary>
public abstract class SilenceTests(TalkativeServer server)
{
    public const string Address = "203.0.113.77";
    private const string Forwarded = "198.51.100.23";

    [Fact]
    public async Task Secrets_and_addresses_are_stored_and_logged_nowhere()
    {
        // All kinds of requests from one source, including failures.
        using var person = server.NewPerson(Address);
        await person.JoinAsync();
        var csrf = person.Csrf!;
        var firstSession = person.SessionToken!;
        var tenant = await person.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        var project = await person.ProjectAsync(tenant);
        var (_, live) = await person.KeyAsync(project, "live");
        var (_, read) = await person.KeyAsync(project, "read");
        var token = (string)(
            await person.JsonAsync(
                HttpMethod.Post, "/v1/tokens", 201, ApiTokenTests.NewToken(tenant)))["token"]!;
        foreach (var path in (string[])["/v1/events", $"/k/{live}/v1/events", "/v1/stats/overview", "/v1/tenants", "/nowhere"])
        {
            foreach (var bearer in (string?[])[null, live, read, token, "tk_live_nobodys"])
            {
                using var request = new HttpRequestMessage(
                    path.EndsWith("events", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path);
                request.Headers.Add(AccountServer.SourceHeader, Address);
                request.Headers.Add("X-Forwarded-For", Forwarded);
                request.Headers.Add("Forwarded", $"for={Forwarded}");
                if (bearer is not null)
                    request.Headers.Authorization = new("Bearer", bearer);
                if (request.Method == HttpMethod.Post)
                    request.Content = new StringContent(TestProject.OneEvent, Encoding.UTF8, "application/json");
                using var response = await server.Server.Client.SendAsync(request);
            }
        }

        await (await person.TrySignInAsync("wrong guess")).IsProblemAsync(401, "wrong_credentials");
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = person.Email });
        var link = await server.LinkAsync("password-reset", person.Email);
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, new JsonObject
        {
            ["token"] = link, ["password"] = "quite another passphrase",
        });
        await person.SignInAsync("quite another passphrase");
        // The last mail. No file is written afterwards.
        await Eventually.TrueAsync(
            () => server.Server.Logs.Lines.Any(line => line.Contains("A mail (security-notice) was sent to", StringComparison.Ordinal)),
            "the last mail went");
        var metrics = await server.Server.Client.GetStringAsync("/metrics");

        string[] secrets =
        [
            live, read, token, link, csrf, firstSession, person.SessionToken!, Person.Password, "quite another passphrase",
            AccountServer.OperatorToken,
        ];
        var logs = string.Join('\n', server.Server.Logs.Lines);
        Assert.Contains("A mail (password-reset) was sent to", logs);
        foreach (var never in (string[])[.. secrets, person.Email, Address, Forwarded])
        {
            Assert.DoesNotContain(never, logs, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(never, metrics, StringComparison.OrdinalIgnoreCase);
        }

        // No file contains them, except that mails contain their links.
        var files = Directory.GetFiles(server.Server.Folder, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var isMail = file.EndsWith(".eml", StringComparison.Ordinal);
            var bytes = await ReadAsync(file);
            foreach (var never in isMail ? [Address, Forwarded, "127.0.0.1"] : (string[])[.. secrets, Address, Forwarded, "127.0.0.1"])
                Assert.False(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(never)) >= 0, $"{Path.GetFileName(file)} contains {never}");
        }

        // No cell of the database contains them, as text or in binary form.
        byte[][] packed = [.. ((string[])[Address, Forwarded]).Select(IPAddress.Parse).SelectMany(
            address => (byte[][])[address.GetAddressBytes(), address.MapToIPv6().GetAddressBytes()])];
        var cells = 0;
        await foreach (var (where, value) in CellsAsync())
        {
            cells++;
            if (value is byte[] blob)
                Assert.False(packed.Any(address => address.AsSpan().SequenceEqual(blob)), $"{where} is an address");
            else if (value is IPAddress)
                Assert.Fail($"{where} is an address");
            foreach (var never in (string[])[.. secrets, Address, Forwarded, "127.0.0.1"])
                Assert.False(TextOf(value).Contains(never, StringComparison.OrdinalIgnoreCase), $"{where} contains {never}");
        }

        Assert.True(cells > 100, $"{cells} cells are too few to be all of them");
    }

    private static string TextOf(object value) => value switch
    {
        byte[] blob => Encoding.Latin1.GetString(blob),
        Array array => string.Join(' ', array.Cast<object?>()),
        _ => value.ToString() ?? "",
    };

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async IAsyncEnumerable<(string Where, object Value)> CellsAsync()
    {
        await using var connection = server.Connect();
        await connection.OpenAsync();
        List<string> tables = [];
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = server.TablesSql;
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        foreach (var table in tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select * from {table}";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                    yield return ($"{table}.{reader.GetName(i)}", reader.GetValue(i));
            }
        }
    }
}
