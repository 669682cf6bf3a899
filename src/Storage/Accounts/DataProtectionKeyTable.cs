using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>data_protection_keys</c>.</summary>
internal sealed class DataProtectionKeyTable(AccountDatabase database) : IDataProtectionKeys
{
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(sql => sql.ListAsync<string>("select xml from data_protection_keys order by created_at"), cancellationToken);

    public Task AddAsync(string name, string xml, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                "insert into data_protection_keys (name, xml, created_at) values (@name, @xml, @now) on conflict (name) do nothing",
                new { name, xml, now }),
            cancellationToken);
}
