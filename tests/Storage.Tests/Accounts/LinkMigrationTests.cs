using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>What a database from before links were for an address has in it, and what is left of that.</summary>
public sealed class LinkMigrationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);
    private static readonly byte[] SignUp = SecretToken.Hash("sign-up");
    private static readonly byte[] Reset = SecretToken.Hash("reset");
    private static readonly byte[] Change = SecretToken.Hash("change");
    private static readonly byte[] Session = SecretToken.Hash("session");
    private static readonly byte[] LinkedSession = SecretToken.Hash("linked session");

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Links_from_before_are_void_and_so_is_a_password_beside_a_link_to_github(string kind)
    {
        await using var earlier = await EarlierDatabase.CreateAsync(kind, before: "links", Now);
        var (account, linked) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await AddAccountAsync(earlier, account, "ada@example.org", githubId: null);
        await AddAccountAsync(earlier, linked, "victim@example.org", githubId: 4711);
        await AddSessionAsync(earlier, account, Session);
        await AddSessionAsync(earlier, linked, LinkedSession);
        await AddTokenAsync(earlier, SignUp, 0, null, """{"email":"new@example.org","name":"Vic","password_hash":"hash"}""");
        await AddTokenAsync(earlier, Reset, 1, account, "{}");
        await AddTokenAsync(earlier, Change, 2, account, "typo@example.org");

        await using var store = await earlier.MigrateAsync();
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

    private static Task AddAccountAsync(EarlierDatabase earlier, Guid id, string email, long? githubId) =>
        earlier.ExecuteAsync(
            """
            insert into accounts (id, email, email_key, name, password_hash, github_id, created_at)
            values (@id, @email, @email, 'x', 'hash', @githubId, @now)
            """,
            ("id", id), ("email", email), ("githubId", (object?)githubId ?? DBNull.Value), ("now", Now));

    private static Task AddSessionAsync(EarlierDatabase earlier, Guid account, byte[] hash) =>
        earlier.ExecuteAsync(
            """
            insert into sessions (account_id, id, hash, awaits_second_factor, device, created_at, last_seen_at, expires_at)
            values (@account, @id, @hash, @awaits, 'curl', @now, @now, @until)
            """,
            ("account", account), ("id", Guid.CreateVersion7()), ("hash", hash), ("awaits", false), ("now", Now),
            ("until", Now.AddDays(1)));

    private static Task AddTokenAsync(EarlierDatabase earlier, byte[] hash, short purpose, Guid? account, string data) =>
        earlier.ExecuteAsync(
            """
            insert into one_time_tokens (hash, purpose, account_id, data, created_at, expires_at)
            values (@hash, @purpose, @account, @data, @now, @until)
            """,
            ("hash", hash), ("purpose", purpose), ("account", (object?)account ?? DBNull.Value), ("data", data), ("now", Now),
            ("until", Now.AddDays(1)));
}
