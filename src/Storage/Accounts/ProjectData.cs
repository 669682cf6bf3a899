using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// Deletes the data of a project from all tables. Add new tables with data of projects to <see cref="ByEnvironment"/> or next to it.
/// </summary>
internal static class ProjectData
{
    private const string OfProject = "project_id = @projectId";

    // Rows per transaction. Writers of the table wait for it.
    private const int RowsPerTransaction = 20_000;

    private static readonly string[] ByEnvironment = ["rollups", "rollup_deltas", "rollups_monthly", "installs"];

    private static readonly string DeleteSomeKeysSql =
        $"""
        delete from batch_keys
        where {OfProject} and key in (select key from batch_keys where {OfProject} limit {RowsPerTransaction})
        """;

    private static readonly string DeleteSomeInstallsSql =
        $"""
        delete from installs
        where {OfProject} and (env, install) in (select env, install from installs where {OfProject} limit {RowsPerTransaction})
        """;

    /// <summary>
    /// Deletes all data of a deleted project, in parts, so that a large project doesn't block other tenants. A call continues the work of
    /// an interrupted one.
    /// </summary>
    public static async Task<Removed> RemoveAsync(AccountDatabase database, Guid projectId, CancellationToken cancellationToken)
    {
        var parameters = new { projectId };
        var events = await RepeatAsync(sql => database.DeleteSomeEventsAsync(sql, OfProject, parameters));
        await RepeatAsync(async sql => await sql.SlowExecuteAsync(DeleteSomeKeysSql, parameters));
        var installs = await RepeatAsync(async sql => await sql.SlowExecuteAsync(DeleteSomeInstallsSql, parameters));
        var rest = await LockedAsync(async sql =>
        {
            await UsageTable.DetachProjectAsync(sql, projectId);
            await sql.ExecuteAsync($"delete from install_generations where {OfProject}", parameters);
            await sql.ExecuteAsync($"delete from erasures where {OfProject}", parameters);
            return await RemoveAllAsync(database, sql, OfProject, parameters);
        });
        await database.ForgetUnusedAsync(cancellationToken);
        await database.EraseDeletedAsync(cancellationToken);
        return rest with { Events = events + rest.Events, Installs = installs + rest.Installs };

        async Task<long> RepeatAsync(Func<Sql, Task<long>> part)
        {
            var all = 0L;
            while (await LockedAsync(part) is > 0 and var deleted)
                all += deleted;
            return all;
        }

        Task<T> LockedAsync<T>(Func<Sql, Task<T>> part) => database.WriteAsync(
            async sql =>
            {
                await database.LockProjectAsync(sql, projectId);
                return await part(sql);
            },
            cancellationToken);
    }

    /// <summary>
    /// Deletes all data of a test environment. The transaction must see one snapshot: events and their counters are deleted or kept
    /// together. Batch keys are kept, because they don't contain the environment.
    /// </summary>
    public static async Task<Removed> RemoveTestAsync(AccountDatabase database, Sql sql, Guid projectId)
    {
        var removed = await RemoveAllAsync(
            database, sql, $"{OfProject} and env = @env", new { projectId, env = (int)DataEnvironment.Test });
        await sql.ExecuteAsync(InstallGenerations.IncreaseSql, new { projectId });
        return removed;
    }

    private static async Task<Removed> RemoveAllAsync(AccountDatabase database, Sql sql, string condition, object parameters)
    {
        long events = 0;
        while (await database.DeleteSomeEventsAsync(sql, condition, parameters) is > 0 and var deleted)
            events += deleted;
        var removed = new Removed
        {
            Events = events,
            Days = await sql.SlowValueAsync<long>(
                $"""
                select count(*) from
                    (select env, day from rollups where {condition} union select env, day from rollup_deltas where {condition}) d
                """,
                parameters),
            Installs = await sql.SlowValueAsync<long>($"select count(*) from installs where {condition}", parameters),
        };
        foreach (var statement in database.AfterEvents(condition))
            await sql.SlowExecuteAsync(statement, parameters);
        foreach (var table in ByEnvironment)
            await sql.SlowExecuteAsync($"delete from {table} where {condition}", parameters);
        return removed;
    }
}
