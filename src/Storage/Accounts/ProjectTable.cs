using System.Text.Json;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Projects;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>projects</c>, for the management API.</summary>
internal sealed class ProjectTable(AccountDatabase database, Seals seals) : IManagedProjects
{
    private string Select =>
        $"select id, tenant_id, name, created_at, kept_days, {database.AllowListAsJson} as allow_list, aliases, suspended_at from projects";

    public Task<IReadOnlyList<ProjectInfo>> ListAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ProjectInfo>>(
            async sql =>
            {
                var rows = await sql.ListAsync<Row>(
                    $"{Select} where tenant_id = @tenantId and deleted_at is null order by name", new { tenantId });
                return [.. rows.Select(row => row.ToInfo())];
            },
            cancellationToken);

    public Task<ProjectInfo?> FindAsync(Guid projectId, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, projectId), cancellationToken);

    public Task<ProjectCreation> CreateAsync(
        ProjectInfo project, byte[] secret, Func<int, PlanRefusal?> gate, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = project.TenantId;
                await MemberTable.LockTenantAsync(sql, database, tenantId, line.By);
                var count = (int)await sql.ValueAsync<long>(
                    "select count(*) from projects where tenant_id = @tenantId and deleted_at is null", new { tenantId });
                if (gate(count) is { } refusal)
                    return new ProjectCreation(refusal);
                var added = await sql.ExecuteAsync(
                    """
                    insert into projects (id, tenant_id, name, sealed_secret, created_at)
                    values (@Id, @TenantId, @Name, @sealedSecret, @CreatedAt)
                    on conflict (tenant_id, name) do nothing
                    """,
                    new
                    {
                        project.Id, project.TenantId, project.Name, project.CreatedAt,
                        sealedSecret = seals.SealProject(project.Id, secret),
                    });
                if (added == 0)
                    return new ProjectCreation(NameTaken: true);
                // The gate may have been asked about a plan that has changed since.
                await Suspensions.UpdateAsync(sql, tenantId, line.At);
                await AuditTable.AddAsync(sql, tenantId, line);
                return default;
            },
            cancellationToken);

    public async Task<ProjectUpdate> UpdateAsync(
        Guid projectId, Func<ProjectInfo, ProjectInfo> change, AuditLine line, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(
                async sql =>
                {
                    // Read under the lock, so that concurrent changes of different settings don't overwrite each other.
                    if (await FindAsync(sql, projectId, database.ForUpdate) is not { } before)
                        return default;
                    var after = change(before);
                    await sql.ExecuteAsync(
                        $"""
                        update projects set name = @Name, kept_days = @KeptDays,
                            metadata_allow_list = {database.AllowListFromJson}, aliases = @aliases
                        where id = @projectId
                        """,
                        new
                        {
                            projectId, after.Name, after.Settings.KeptDays, allowList = ToJson(after.Settings.MetadataAllowList),
                            aliases = ProjectAliases.Write(after.Settings.Aliases),
                        });
                    await AuditTable.AddAsync(sql, before.TenantId, line);
                    return new ProjectUpdate(after);
                },
                cancellationToken);
        }
        catch (Exception fault) when (database.IsTaken(fault))
        {
            return new ProjectUpdate(NameTaken: true);
        }
    }

    public async Task<Removed> DeleteAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken)
    {
        var deletion = await database.WriteAsync(
            async sql =>
            {
                // The tenant is locked before its project, as in changes of its plan.
                var tenant = await sql.ValueAsync<Guid?>("select tenant_id from projects where id = @projectId", new { projectId });
                await TenantTable.FindAsync(sql, tenant ?? default, database.ForUpdate);
                if (await TenantOfAsync(sql, database, projectId) is not { } tenantId)
                    return null;
                await AuditTable.AddAsync(sql, tenantId, line);
                var begun = await BeginDeletionAsync(sql, [projectId], line.At);
                await Suspensions.UpdateAsync(sql, tenantId, line.At);
                return begun;
            },
            cancellationToken);
        return deletion is null ? Removed.Nothing : await deletion.FinishAsync(database, cancellationToken);
    }

    public async Task<Removed> ResetTestAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken)
    {
        var removed = await database.WriteInSnapshotAsync(
            projectId,
            async sql =>
            {
                if (await TenantOfAsync(sql, database, projectId) is not { } tenantId)
                    return Removed.Nothing;
                await AuditTable.AddAsync(sql, tenantId, line);
                return await ProjectData.RemoveTestAsync(database, sql, projectId);
            },
            cancellationToken);
        await database.RecoverInstallsAsync(projectId, DataEnvironment.Test, cancellationToken);
        await database.ForgetUnusedAsync(cancellationToken);
        await database.EraseDeletedAsync(cancellationToken);
        return removed;
    }

    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var projects = await database.ReadAsync(
            sql => sql.ListAsync<Guid>("select id from projects where deleted_at <= @before order by id", new { before }),
            cancellationToken);
        foreach (var projectId in projects)
        {
            await ProjectData.RemoveAsync(database, projectId, cancellationToken);
            await database.WriteAsync(
                sql => sql.ExecuteAsync("delete from projects where id = @projectId", new { projectId }),
                cancellationToken);
        }

        return projects.Count + await database.WriteAsync(sql => PurgeTenantsAsync(sql, before), cancellationToken);
    }

    /// <summary>
    /// Deletes the keys, names and secrets of projects, which then no longer exist for callers. Their data must be deleted after the
    /// transaction, with the returned <see cref="ProjectDeletion"/>.
    /// </summary>
    public static async Task<ProjectDeletion> BeginDeletionAsync(Sql sql, IReadOnlyList<Guid> projectIds, DateTimeOffset now)
    {
        var keys = 0;
        foreach (var projectId in projectIds)
        {
            keys += await sql.ExecuteAsync("delete from keys where project_id = @projectId", new { projectId });
            await ShareTable.DeleteAsync(sql, projectId);
            await sql.ExecuteAsync(
                """
                update projects
                set deleted_at = @now, name = @name, sealed_secret = @sealedSecret, aliases = null, metadata_allow_list = null
                where id = @projectId
                """,
                new { projectId, now, name = projectId.ToString(), sealedSecret = Array.Empty<byte>() });
        }

        return new ProjectDeletion(projectIds, keys);
    }

    private static async Task<int> PurgeTenantsAsync(Sql sql, DateTimeOffset before)
    {
        var tenants = await sql.ListAsync<Guid>(
            """
            select id from tenants t where deleted_at <= @before
                and not exists (select 1 from projects p where p.tenant_id = t.id) order by id
            """,
            new { before });
        foreach (var tenantId in tenants)
        {
            foreach (var table in (string[])["usage", "usage_days"])
                await sql.ExecuteAsync($"delete from {table} where tenant_id = @tenantId", new { tenantId });
            await sql.ExecuteAsync("delete from tenants where id = @tenantId", new { tenantId });
        }

        return tenants.Count;
    }

    private async Task<ProjectInfo?> FindAsync(Sql sql, Guid projectId, string forUpdate = "") =>
        (await sql.FindAsync<Row>($"{Select} where id = @projectId and deleted_at is null{forUpdate}", new { projectId }))?.ToInfo();

    /// <summary>
    /// Returns the tenant of a project, which is locked until the transaction ends; <c>null</c> if the project doesn't exist.
    /// </summary>
    public static async Task<Guid?> TenantOfAsync(Sql sql, AccountDatabase database, Guid projectId) =>
        await sql.ValueAsync<Guid?>(
            $"select tenant_id from projects where id = @projectId and deleted_at is null{database.ForUpdate}", new { projectId });

    private static string? ToJson(IReadOnlyList<string>? list) => list is null ? null : JsonSerializer.Serialize(list);

    private sealed class Row
    {
        public Guid Id { get; init; }

        public Guid TenantId { get; init; }

        public required string Name { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public int? KeptDays { get; init; }

        public string? AllowList { get; init; }

        public string? Aliases { get; init; }

        public DateTimeOffset? SuspendedAt { get; init; }

        public ProjectInfo ToInfo() => new()
        {
            Id = Id,
            TenantId = TenantId,
            Name = Name,
            CreatedAt = CreatedAt,
            SuspendedAt = SuspendedAt,
            Settings = new ProjectSettings
            {
                KeptDays = KeptDays,
                MetadataAllowList = AllowList is null ? null : JsonSerializer.Deserialize<string[]>(AllowList),
                Aliases = ProjectAliases.Read(Aliases),
            },
        };
    }
}
