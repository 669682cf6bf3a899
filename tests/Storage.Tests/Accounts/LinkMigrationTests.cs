using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>What a database from before links were for an address has in it, and what is left of that.</summary>
public sealed class LinkMigrationTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);
    private static readonly byte[] SignUp = SecretToken.Hash("sign-up");
    private static readonly byte[] Reset = SecretToken.Hash("reset");
    private static readonly byte[] Change = SecretToken.Hash("change");
    private static readonly byte[] Session = SecretToken.Hash("session");
    private static readonly byte[] LinkedSession = SecretToken.Hash("linked session");

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-migration-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Links_from_before_are_void_and_so_is_a_password_beside_a_link_to_github(string kind)
    {
        var postgres = kind == "Postgres" ? await DatabaseAsync() : null;
        var options = new StorageOptions { DataFolder = _folder, PostgresConnectionString = postgres, Secrets = TestSecrets.Usual };
        var (account, linked) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var connection = Connect(options))
        {
            await connection.OpenAsync();
            await ApplyAsync(connection, Migration.Load(kind).TakeWhile(migration => migration.Name != "links"));
            await AddAccountAsync(connection, account, "ada@example.org", githubId: null);
            await AddAccountAsync(connection, linked, "victim@example.org", githubId: 4711);
            await AddSessionAsync(connection, account, Session);
            await AddSessionAsync(connection, linked, LinkedSession);
            await AddTokenAsync(connection, SignUp, 0, null, """{"email":"new@example.org","name":"Vic","password_hash":"hash"}""");
            await AddTokenAsync(connection, Reset, 1, account, "{}");
            await AddTokenAsync(connection, Change, 2, account, "typo@example.org");
        }

        await using var store = StoreFactory.Create(options, new ManualTime());
        await store.MigrateAsync(default);
        var accounts = store.Accounts;
        Assert.Null(await accounts.OneTimeTokens.UseAsync(SignUp, TokenPurpose.SignUp, Now, default));
        Assert.False(await accounts.Accounts.ResetPasswordAsync(Reset, "hash", null, Now, default));
        Assert.Null(await accounts.EmailChanges.ChangeAsync(Change, null, Now, default));
        Assert.Equal(("hash", true), Password(await accounts.Accounts.FindAsync(account, default)));
        Assert.Equal((null, false), Password(await accounts.Accounts.FindAsync(linked, default)));
        Assert.NotNull(await accounts.Sessions.FindAsync(Session, Now, default));
        Assert.Null(await accounts.Sessions.FindAsync(LinkedSession, Now, default));

        static (string? Hash, bool IsUnproved) Password(Account? account) => (account!.PasswordHash, account.HasUnprovedPassword);
    }

    private static async Task<string> DatabaseAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
    }

    private static DbConnection Connect(StorageOptions options) =>
        options.PostgresConnectionString is { } postgres
            ? new NpgsqlConnection(postgres)
            : new SqliteConnection($"Data Source={Path.Combine(options.DataFolder, StorageOptions.DatabaseFile)};Pooling=False");

    private static async Task ApplyAsync(DbConnection connection, IEnumerable<Migration> migrations)
    {
        var time = connection is SqliteConnection ? "integer" : "timestamptz";
        await ExecuteAsync(
            connection,
            $"create table schema_migrations (version integer primary key, name text, checksum text, applied_at {time})");
        foreach (var migration in migrations)
        {
            await ExecuteAsync(connection, migration.Sql);
            await ExecuteAsync(
                connection, "insert into schema_migrations values (@version, @name, @checksum, @at)",
                ("version", migration.Version), ("name", migration.Name), ("checksum", migration.Checksum), ("at", Now));
        }
    }

    private static Task AddAccountAsync(DbConnection connection, Guid id, string email, long? githubId) =>
        ExecuteAsync(
            connection,
            """
            insert into accounts (id, email, email_key, name, password_hash, github_id, created_at)
            values (@id, @email, @email, 'x', 'hash', @githubId, @now)
            """,
            ("id", id), ("email", email), ("githubId", (object?)githubId ?? DBNull.Value), ("now", Now));

    private static Task AddSessionAsync(DbConnection connection, Guid account, byte[] hash) =>
        ExecuteAsync(
            connection,
            """
            insert into sessions (account_id, id, hash, awaits_second_factor, device, created_at, last_seen_at, expires_at)
            values (@account, @id, @hash, @awaits, 'curl', @now, @now, @until)
            """,
            ("account", account), ("id", Guid.CreateVersion7()), ("hash", hash), ("awaits", false), ("now", Now),
            ("until", Now.AddDays(1)));

    private static Task AddTokenAsync(DbConnection connection, byte[] hash, short purpose, Guid? account, string data) =>
        ExecuteAsync(
            connection,
            """
            insert into one_time_tokens (hash, purpose, account_id, data, created_at, expires_at)
            values (@hash, @purpose, @account, @data, @now, @until)
            """,
            ("hash", hash), ("purpose", purpose), ("account", (object?)account ?? DBNull.Value), ("data", data), ("now", Now),
            ("until", Now.AddDays(1)));

    private static async Task ExecuteAsync(DbConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, connection is SqliteConnection ? InSqlite(value) : value);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }

    private static object InSqlite(object value) => value switch
    {
        Guid id => id.ToByteArray(bigEndian: true),
        DateTimeOffset time => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        _ => value,
    };
}
