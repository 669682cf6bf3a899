using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>receipt_keys</c>. The private key of the current one is sealed; those of former ones are deleted.</summary>
internal sealed class ReceiptKeyTable(AccountDatabase database, Seals seals) : IReceiptKeys
{
    public async Task<IReadOnlyList<ReceiptKey>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.ListAsync<Row>(
                "select id, public_key, sealed_key, created_at, retired_at from receipt_keys order by created_at desc, id"),
            cancellationToken);
        return [.. rows.Select(row => new ReceiptKey
        {
            Id = row.Id,
            PublicKey = row.PublicKey,
            PrivateKey = row.SealedKey is null ? null : seals.OpenReceiptKey(row.Id, row.SealedKey),
            CreatedAt = row.CreatedAt,
            RetiredAt = row.RetiredAt,
        })];
    }

    public Task EnsureAsync(ReceiptKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => AddAsync(sql, key), cancellationToken);

    public Task ReplaceAsync(ReceiptKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await RetireAsync(sql, key.CreatedAt);
                return await AddAsync(sql, key);
            },
            cancellationToken);

    /// <summary>Retires the current key and deletes its private part. A new one is created when it is needed.</summary>
    public static Task<int> RetireAsync(Sql sql, DateTimeOffset now) =>
        sql.ExecuteAsync("update receipt_keys set retired_at = @now, sealed_key = null where retired_at is null", new { now });

    private Task<int> AddAsync(Sql sql, ReceiptKey key) =>
        sql.ExecuteAsync(
            """
            insert into receipt_keys (id, public_key, sealed_key, created_at) values (@Id, @PublicKey, @sealedKey, @CreatedAt)
            on conflict do nothing
            """,
            new { key.Id, key.PublicKey, sealedKey = seals.SealReceiptKey(key.Id, key.PrivateKey), key.CreatedAt });

    private sealed class Row
    {
        public required string Id { get; init; }

        public required byte[] PublicKey { get; init; }

        public byte[]? SealedKey { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? RetiredAt { get; init; }
    }
}
