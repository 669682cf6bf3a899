using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Takes a project's data out of every table that has any. A table that comes to hold data of projects belongs into <see cref="ByEnvironment"/> or beside it.</summary>
internal static class ProjectData
{
    private static readonly string[] ByEnvironment = ["rollups", "rollup_deltas", "rollups_monthly", "installs"];

    /// <summary>Everything of a project.</summary>
    public static async Task<Removed> RemoveAsync(AccountDatabase database, Sql sql, Guid projectId)
    {
        await database.LockProjectAsync(sql, projectId);
        var removed = await RemoveAsync(database, sql, "project_id = @projectId", new { projectId });
        await sql.SlowExecuteAsync("delete from batch_keys where project_id = @projectId", new { projectId });
        return removed;
    }

    /// <summary>Everything of its test environment. Batch keys stay: they don't say which environment they were for.</summary>
    public static async Task<Removed> RemoveTestAsync(AccountDatabase database, Sql sql, Guid projectId)
    {
        await database.LockProjectAsync(sql, projectId);
        return await RemoveAsync(database, sql, "project_id = @projectId and env = @env", new { projectId, env = (int)DataEnvironment.Test });
    }

    private static async Task<Removed> RemoveAsync(AccountDatabase database, Sql sql, string condition, object parameters)
    {
        var removed = new Removed
        {
            Events = await sql.ValueAsync<long>($"select {database.CountEvents} from {database.EventTable} where {database.OfEvents(condition)}", parameters),
            Days = await sql.ValueAsync<long>(
                $"select count(*) from (select env, day from rollups where {condition} union select env, day from rollup_deltas where {condition}) d", parameters),
            Installs = await sql.ValueAsync<long>($"select count(*) from installs where {condition}", parameters),
        };
        await sql.SlowExecuteAsync($"delete from {database.EventTable} where {database.OfEvents(condition)}", parameters);
        foreach (var statement in database.AfterEvents(condition))
            await sql.SlowExecuteAsync(statement, parameters);
        foreach (var table in ByEnvironment)
            await sql.SlowExecuteAsync($"delete from {table} where {condition}", parameters);
        return removed;
    }
}
