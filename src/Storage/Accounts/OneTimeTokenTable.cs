using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>one_time_tokens</c>.</summary>
internal sealed class OneTimeTokenTable(AccountDatabase database) : IOneTimeTokens
{
    private const string IsUsable =
        """
        hash = @hash and purpose = @purpose and expires_at > @now and
        (account_id is null or email_key = (select a.email_key from accounts a where a.id = one_time_tokens.account_id))
        """;

    public Task<bool> AddAsync(OneTimeToken token, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (!await IsCurrentAsync(sql, token))
                    return false;
                if (token.Purpose != TokenPurpose.PasswordReset && !await TryReplaceAsync(sql, token))
                    return false;
                return await sql.ExecuteAsync(
                    """
                    insert into one_time_tokens (hash, purpose, email_key, account_id, data, created_at, expires_at, mail_id)
                    values (@Hash, @Purpose, @EmailKey, @AccountId, @Data, @CreatedAt, @ExpiresAt, @MailId)
                    """,
                    token) > 0;
            },
            cancellationToken);

    public Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, hash, purpose, now), cancellationToken);

    public Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => UseAsync(sql, database, hash, purpose, now), cancellationToken);

    public static async Task<OneTimeToken?> UseAsync(
        Sql sql, AccountDatabase database, byte[] hash, TokenPurpose purpose, DateTimeOffset now)
    {
        // Changes of an account's credentials lock its row before they delete its tokens.
        if (await FindAsync(sql, hash, purpose, now) is { AccountId: { } accountId })
            await AccountTable.LockAsync(sql, database, accountId);
        var used = await sql.FindAsync<Row>(
            $"delete from one_time_tokens where {IsUsable} returning {Row.Columns}", new { hash, purpose, now });
        return used?.ToToken();
    }

    /// <summary>Deletes the pending sign-ups of an address that has an account now.</summary>
    public static Task<int> DeleteSignUpsAsync(Sql sql, EmailAddress email) =>
        sql.ExecuteAsync("delete from one_time_tokens where email_key = @Key and account_id is null", new { email.Key });

    // The lock is that of changes of the credentials: they delete tokens that are stored before them, and others are not stored.
    private async Task<bool> IsCurrentAsync(Sql sql, OneTimeToken token)
    {
        if (token.AccountId is not { } accountId)
            return true;
        var account = await AccountTable.LockAsync(sql, database, accountId);
        return account?.CredentialsVersion == token.CredentialsVersion
            && (token.Purpose != TokenPurpose.PasswordReset || await MailTable.IsWaitingAsync(sql, token.MailId));
    }

    private static async Task<bool> TryReplaceAsync(Sql sql, OneTimeToken token)
    {
        const string Same = "purpose = @Purpose and email_key = @EmailKey";
        if (await sql.ValueAsync<long>($"select count(*) from one_time_tokens where {Same} and created_at > @CreatedAt", token) > 0)
            return false;
        await sql.ExecuteAsync($"delete from one_time_tokens where {Same} and (mail_id is null or mail_id <> @MailId)", token);
        return true;
    }

    private static async Task<OneTimeToken?> FindAsync(Sql sql, byte[] hash, TokenPurpose purpose, DateTimeOffset now)
    {
        var found = await sql.FindAsync<Row>(
            $"select {Row.Columns} from one_time_tokens where {IsUsable}", new { hash, purpose, now });
        return found?.ToToken();
    }

    // Dapper sets properties, which the token doesn't have.
    private sealed class Row
    {
        public const string Columns = "hash, purpose, email_key, account_id, data, created_at, expires_at";

        public required byte[] Hash { get; init; }

        public required TokenPurpose Purpose { get; init; }

        public required string EmailKey { get; init; }

        public Guid? AccountId { get; init; }

        public required string Data { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public OneTimeToken ToToken() => new(Hash, Purpose, EmailKey, AccountId, Data, CreatedAt, ExpiresAt);
    }
}
