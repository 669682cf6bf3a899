using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Takes a project's data out of every table that has any. A table that comes to hold data of projects belongs into <see cref="ByEnvironment"/> or beside it.</summary>
internal static class ProjectData
{
    private const string OfProject = "project_id = @projectId";

    // As many rows as a table's writer may wait for.
    private const int AtOnce = 20_000;

    private static readonly string[] ByEnvironment = ["rollups", "rollup_deltas", "rollups_monthly", "installs"];

    private static readonly string DropSomeKeysSql = $"delete from batch_keys where {OfProject} and key in (select key from batch_keys where {OfProject} limit {AtOnce})";

    private static readonly string DropSomeInstallsSql =
        $"delete from installs where {OfProject} and (env, install) in (select env, install from installs where {OfProject} limit {AtOnce})";

    /// <summary>Everything of a project that is deleted already: part by part, so that no other tenant waits while a large one goes. What an interrupted call leaves, the next one takes.</summary>
    public static async Task<Removed> RemoveAsync(AccountDatabase database, Guid projectId, CancellationToken cancellationToken)
    {
        var parameters = new { projectId };
        var events = await RepeatAsync(sql => database.DeleteSomeEventsAsync(sql, OfProject, parameters));
        await RepeatAsync(async sql => await sql.SlowExecuteAsync(DropSomeKeysSql, parameters));
        var installs = await RepeatAsync(async sql => await sql.SlowExecuteAsync(DropSomeInstallsSql, parameters));
        var rest = await LockedAsync(async sql =>
        {
            await UsageTable.ForgetProjectAsync(sql, projectId);
            await sql.ExecuteAsync($"delete from install_generations where {OfProject}", parameters);
            return await RemoveAllAsync(database, sql, OfProject, parameters);
        });
        await database.ForgetUnusedAsync(cancellationToken);
        return rest with { Events = events + rest.Events, Installs = installs + rest.Installs };

        async Task<long> RepeatAsync(Func<Sql, Task<long>> part)
        {
            var all = 0L;
            while (await LockedAsync(part) is > 0 and var some)
                all += some;
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
    /// Deletes the data of a test environment. The transaction must see one snapshot: events and their counters are deleted or kept
    /// together. Batch keys stay, because they don't contain the environment.
    /// </summary>
    public static async Task<Removed> RemoveTestAsync(AccountDatabase database, Sql sql, Guid projectId)
    {
        var removed = await RemoveAllAsync(database, sql, $"{OfProject} and env = @env", new { projectId, env = (int)DataEnvironment.Test });
        await sql.ExecuteAsync(InstallGenerations.IncreaseSql, new { projectId });
        return removed;
    }

    private static async Task<Removed> RemoveAllAsync(AccountDatabase database, Sql sql, string condition, object parameters)
    {
        long events = 0;
        while (await database.DeleteSomeEventsAsync(sql, condition, parameters) is > 0 and var some)
            events += some;
        var removed = new Removed
        {
            Events = events,
            Days = await sql.SlowValueAsync<long>(
                $"select count(*) from (select env, day from rollups where {condition} union select env, day from rollup_deltas where {condition}) d", parameters),
            Installs = await sql.SlowValueAsync<long>($"select count(*) from installs where {condition}", parameters),
        };
        foreach (var statement in database.AfterEvents(condition))
            await sql.SlowExecuteAsync(statement, parameters);
        foreach (var table in ByEnvironment)
            await sql.SlowExecuteAsync($"delete from {table} where {condition}", parameters);
        return removed;
    }
}
