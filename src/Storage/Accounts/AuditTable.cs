using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>audit_log</c>.</summary>
internal sealed class AuditTable(AccountDatabase database) : IAuditLog
{
    // The greatest possible id, so that the first page uses the same statement.
    private static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    public Task AddAsync(Guid tenantId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => AddAsync(sql, tenantId, line), cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ReadAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<AuditEntry>(
                """
                select l.id, l.at, l.account_id, a.email, l.token_id, l.action, l.target, l.detail
                from audit_log l left join accounts a on a.id = l.account_id
                where l.tenant_id = @tenantId and l.id < @before order by l.id desc limit @limit
                """,
                new { tenantId, before = before ?? Last, limit }),
            cancellationToken);

    /// <summary>Adds a line to the log of a project's tenant. A deleted project has no tenant any more; then nothing is added.</summary>
    public static async Task AddOfProjectAsync(Sql sql, Guid projectId, AuditLine line)
    {
        var tenantId = await sql.ValueAsync<Guid?>(
            "select tenant_id from projects where id = @projectId and deleted_at is null", new { projectId });
        if (tenantId is { } id)
            await AddAsync(sql, id, line);
    }

    public static Task<int> AddAsync(Sql sql, Guid tenantId, AuditLine line) =>
        sql.ExecuteAsync(
            """
            insert into audit_log (tenant_id, id, at, account_id, token_id, action, target, detail)
            values (@tenantId, @id, @At, @AccountId, @TokenId, @Action, @Target, @Detail)
            """,
            new
            {
                tenantId, id = TimeOrderedId.Next(line.At), line.At, line.By.AccountId, line.By.TokenId,
                line.Action, line.Target, line.Detail,
            });
}
