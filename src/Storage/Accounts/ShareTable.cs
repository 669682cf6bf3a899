using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Sharing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>shares</c>.</summary>
internal sealed class ShareTable(AccountDatabase database) : IShares
{
    private const string Select = "select project_id, name, sections, created_at from shares";

    public Task<SharedProject?> FindAsync(Guid projectId, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, projectId), cancellationToken);

    public Task<SharedProject?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => sql.FindAsync<SharedProject>($"{Select} where name = @name", new { name }), cancellationToken);

    public async Task<SharedProject?> SetAsync(SharedProject share, AuditLine line, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(
                async sql =>
                {
                    if (await ProjectTable.TenantOfAsync(sql, database, share.ProjectId) is not { } tenantId)
                        return null;
                    await sql.ExecuteAsync(
                        """
                        insert into shares (project_id, name, sections, created_at) values (@ProjectId, @Name, @sections, @CreatedAt)
                        on conflict (project_id) do update set name = excluded.name, sections = excluded.sections
                        """,
                        new { share.ProjectId, share.Name, sections = (int)share.Sections, share.CreatedAt });
                    await AuditTable.AddAsync(sql, tenantId, line);
                    return await FindAsync(sql, share.ProjectId);
                },
                cancellationToken);
        }
        catch (Exception fault) when (database.IsTaken(fault))
        {
            return null;
        }
    }

    public Task RemoveAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = await ProjectTable.TenantOfAsync(sql, database, projectId);
                if (await DeleteAsync(sql, projectId) > 0 && tenantId is { } tenant)
                    await AuditTable.AddAsync(sql, tenant, line);
                return true;
            },
            cancellationToken);

    /// <summary>Deletes the page of a project. Returns the number of pages.</summary>
    public static Task<int> DeleteAsync(Sql sql, Guid projectId) =>
        sql.ExecuteAsync("delete from shares where project_id = @projectId", new { projectId });

    private static Task<SharedProject?> FindAsync(Sql sql, Guid projectId) =>
        sql.FindAsync<SharedProject>($"{Select} where project_id = @projectId", new { projectId });
}
