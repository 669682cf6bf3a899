using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>one_time_tokens</c>.</summary>
internal sealed class OneTimeTokenTable(AccountDatabase database) : IOneTimeTokens
{
    public Task AddAsync(OneTimeToken token, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                """
                insert into one_time_tokens (hash, purpose, account_id, data, created_at, expires_at)
                values (@Hash, @Purpose, @AccountId, @Data, @CreatedAt, @ExpiresAt)
                """,
                token),
            cancellationToken);

    public Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => (await sql.FindAsync<Row>(
                $"select {Row.Columns} from one_time_tokens where hash = @hash and purpose = @purpose and expires_at > @now", new { hash, purpose, now }))?.ToToken(),
            cancellationToken);

    public Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => (await sql.FindAsync<Row>(
                $"delete from one_time_tokens where hash = @hash and purpose = @purpose and expires_at > @now returning {Row.Columns}", new { hash, purpose, now }))?.ToToken(),
            cancellationToken);

    // Dapper fills properties, and the token has none that can be set.
    private sealed class Row
    {
        public const string Columns = "hash, purpose, account_id, data, created_at, expires_at";

        public required byte[] Hash { get; init; }

        public required TokenPurpose Purpose { get; init; }

        public Guid? AccountId { get; init; }

        public required string Data { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public OneTimeToken ToToken() => new(Hash, Purpose, AccountId, Data, CreatedAt, ExpiresAt);
    }
}
