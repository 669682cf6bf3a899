using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>one_time_tokens</c>.</summary>
internal sealed class OneTimeTokenTable(AccountDatabase database) : IOneTimeTokens
{
    public Task AddAsync(OneTimeToken token, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (token.Purpose == TokenPurpose.EmailChange)
                    await sql.ExecuteAsync("delete from one_time_tokens where purpose = @Purpose and email_key = @EmailKey", token);
                return await sql.ExecuteAsync(
                    """
                    insert into one_time_tokens (hash, purpose, email_key, account_id, data, created_at, expires_at)
                    values (@Hash, @Purpose, @EmailKey, @AccountId, @Data, @CreatedAt, @ExpiresAt)
                    """,
                    token);
            },
            cancellationToken);

    public Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, hash, purpose, now), cancellationToken);

    public Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => UseAsync(sql, database, hash, purpose, now), cancellationToken);

    public static async Task<OneTimeToken?> UseAsync(
        Sql sql, AccountDatabase database, byte[] hash, TokenPurpose purpose, DateTimeOffset now)
    {
        if (await FindAsync(sql, hash, purpose, now) is not { } token)
            return null;
        // Whatever changes the address or the password has the account's row first, and deletes tokens afterwards.
        if (token.AccountId is { } accountId && await AccountTable.LockAsync(sql, database, accountId) != token.EmailKey)
            return null;
        return await sql.ExecuteAsync("delete from one_time_tokens where hash = @hash", new { hash }) > 0 ? token : null;
    }

    /// <summary>Voids what the account had begun: links, and a second factor that was never confirmed.</summary>
    public static async Task VoidAsync(Sql sql, Guid accountId)
    {
        await sql.ExecuteAsync("delete from one_time_tokens where account_id = @accountId", new { accountId });
        await sql.ExecuteAsync("delete from totp where account_id = @accountId and confirmed_at is null", new { accountId });
    }

    private static async Task<OneTimeToken?> FindAsync(Sql sql, byte[] hash, TokenPurpose purpose, DateTimeOffset now) =>
        (await sql.FindAsync<Row>(
            $"""
            select {Row.Columns} from one_time_tokens t where hash = @hash and purpose = @purpose and expires_at > @now
            and (account_id is null or email_key = (select a.email_key from accounts a where a.id = t.account_id))
            """,
            new { hash, purpose, now }))?.ToToken();

    // Dapper fills properties, and the token has none that can be set.
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
