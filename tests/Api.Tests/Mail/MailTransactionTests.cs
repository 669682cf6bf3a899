using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Mail;

public sealed class SqliteMailTransactionTests : MailTransactionTests
{
    // An error that isn't a violated constraint.
    protected override string Refusal => "create trigger refuse before insert on mails begin select json('{'); end";

    protected override string Permission => "drop trigger refuse";

    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    protected override DbConnection Connect(string folder) =>
        new SqliteConnection($"Data Source={Path.Combine(folder, StorageOptions.DatabaseFile)};Pooling=False");
}

public sealed class PostgresMailTransactionTests : MailTransactionTests
{
    private string _database = "";

    protected override string Refusal =>
        """
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
        create trigger refuse before insert on mails for each row execute function refuse()
        """;

    protected override string Permission => "drop trigger refuse on mails; drop function refuse";

    protected override async Task<string?> DatabaseAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
    }

    protected override DbConnection Connect(string folder) => new NpgsqlConnection(_database);
}

/// <summary>
/// A change of what an account signs in with, and the mail about it, are one transaction: if the mail can't be stored, nothing is changed,
/// so a process that dies after the change has stored the mail.
/// </summary>
public abstract class MailTransactionTests
{
    private const string NewPassword = "a passphrase by a link";

    /// <summary>The statement that makes the database refuse mails.</summary>
    protected abstract string Refusal { get; }

    /// <summary>The statement that reverts it.</summary>
    protected abstract string Permission { get; }

    [Theory]
    [InlineData("change of the address", "email-changed")]
    [InlineData("undo", "password-reset")]
    [InlineData("undo of a session", "security-notice")]
    [InlineData("password", "security-notice")]
    [InlineData("reset", "security-notice")]
    [InlineData("second factor on", "security-notice")]
    [InlineData("second factor off", "security-notice")]
    [InlineData("invitation", "invitation")]
    public async Task A_change_is_stored_with_its_mail_or_not_at_all(string change, string kind)
    {
        await using var server = await MailServer.StartAsync(postgres: await DatabaseAsync());
        using var ada = await server.NewPerson().JoinAsync();
        var former = ada.Email;
        var (path, body, to) = await PrepareAsync(server, ada, change);
        var before = server.MailsTo(to ?? former, kind).Count;
        await ExecuteAsync(server, Refusal);
        using (var refused = await ada.PostAsync(path, await body()))
            Assert.InRange((int)refused.StatusCode, 500, 599);
        await ExecuteAsync(server, Permission);
        Assert.Equal(before, server.MailsTo(to ?? former, kind).Count);
        if (change == "invitation")
            Assert.Empty((await ada.JsonAsync(path))["invitations"]!.AsArray());

        using (var accepted = await ada.PostAsync(path, await body()))
            Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(() => server.MailsTo(to ?? former, kind).Count == before + 1, "the mail arrives");
    }

    protected abstract Task<string?> DatabaseAsync();

    protected abstract DbConnection Connect(string folder);

    private static async Task<(string Path, Func<Task<JsonObject>> Body, string? To)> PrepareAsync(
        MailServer server, Person ada, string change)
    {
        switch (change)
        {
            case "change of the address":
                return ("/v1/auth/email/confirm", Always(Link(await RequestAsync(server, ada))), null);
            case "undo" or "undo of a session":
                var (former, fresh) = (ada.Email, await RequestAsync(server, ada));
                await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(fresh));
                var undo = Link(await server.LinkAsync("email-changed", former));
                var changed = (string?)(await ada.JsonAsync("/v1/me"))["email"];
                return ("/v1/auth/email/undo", Always(undo), change == "undo" ? null : changed);
            case "password":
                return ("/v1/me/password",
                    Always(new() { ["current_password"] = Person.Password, ["password"] = NewPassword }), null);
            case "reset":
                await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = ada.Email });
                var reset = Link(await server.LinkAsync("password-reset", ada.Email));
                reset["password"] = NewPassword;
                return ("/v1/auth/password/reset", Always(reset), null);
            case "second factor on":
                var begun = await BeginAsync(ada);
                return ("/v1/me/totp/confirm", () => Task.FromResult(Code(server, begun)), null);
            case "second factor off":
                var confirmed = await BeginAsync(ada);
                var response = await ada.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, Code(server, confirmed));
                ada.Csrf = (string?)response["csrf_token"];
                await server.MailAsync("security-notice", ada.Email);
                return ("/v1/me/totp/disable", () => Task.FromResult(CodeAndPassword(server, confirmed)), null);
            default:
                var tenant = await ada.TenantAsync();
                await server.SetPlanAsync(tenant, "business");
                var invited = $"{Guid.NewGuid():N}@example.org";
                return ($"/v1/tenants/{tenant}/invitations", Always(new() { ["email"] = invited, ["role"] = "viewer" }), invited);
        }
    }

    private static async Task<string> RequestAsync(MailServer server, Person person)
    {
        var fresh = $"{Guid.NewGuid():N}@example.org";
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = fresh, ["password"] = Person.Password });
        return await server.LinkAsync("email-change", fresh);
    }

    private static Task<JsonObject> BeginAsync(Person person) =>
        person.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });

    private static Func<Task<JsonObject>> Always(JsonObject body) => () => Task.FromResult((JsonObject)body.DeepClone());

    private static JsonObject Link(string token) => new() { ["token"] = token };

    private static JsonObject Code(MailServer server, JsonObject begun) =>
        new() { ["code"] = TotpCode.At(TotpTests.FromBase32((string)begun["secret"]!), server.Time.GetUtcNow()) };

    // Each code works once.
    private static JsonObject CodeAndPassword(MailServer server, JsonObject begun)
    {
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var both = Code(server, begun);
        both["password"] = Person.Password;
        return both;
    }

    private async Task ExecuteAsync(MailServer server, string sql)
    {
        await using var connection = Connect(server.Server.Folder);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
