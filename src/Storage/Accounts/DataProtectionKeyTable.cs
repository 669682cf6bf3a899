using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>data_protection_keys</c>. The keys are sealed.</summary>
internal sealed class DataProtectionKeyTable(AccountDatabase database, Seals seals) : IDataProtectionKeys
{
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.ListAsync<Row>("select name, sealed_xml from data_protection_keys order by created_at"), cancellationToken);
        return [.. rows.Select(row => seals.OpenKey(row.Name, row.SealedXml))];
    }

    public Task AddAsync(string name, string xml, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                """
                insert into data_protection_keys (name, sealed_xml, created_at) values (@name, @sealedXml, @now)
                on conflict (name) do nothing
                """,
                new { name, sealedXml = seals.SealKey(name, xml), now }),
            cancellationToken);

    private sealed class Row
    {
        public required string Name { get; init; }

        public required string SealedXml { get; init; }
    }
}
