using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Takes a project's data out of every table that has any. A table that comes to hold data of projects belongs into <see cref="ByEnvironment"/> or beside it.</summary>
internal static class ProjectData
{
    private static readonly string[] ByEnvironment = ["rollups", "rollup_deltas", "rollups_monthly", "installs"];

    /// <summary>Everything of a project that is deleted already: part by part, so that no other tenant waits while a large one goes. What an interrupted call leaves, the next one takes.</summary>
    public static async Task<Removed> RemoveAsync(AccountDatabase database, Guid projectId, CancellationToken cancellationToken)
    {
        const string Condition = "project_id = @projectId";
        var parameters = new { projectId };
        long events = 0, some;
        do
        {
            some = await database.WriteAsync(
                async sql =>
                {
                    await database.LockProjectAsync(sql, projectId);
                    return await database.DeleteSomeEventsAsync(sql, Condition, parameters);
                },
                cancellationToken);
            events += some;
        }
        while (some > 0);

        return await database.WriteAsync(
            async sql =>
            {
                await database.LockProjectAsync(sql, projectId);
                await sql.SlowExecuteAsync($"delete from batch_keys where {Condition}", parameters);
                var rest = await RemoveAllAsync(database, sql, Condition, parameters);
                return rest with { Events = events + rest.Events };
            },
            cancellationToken);
    }

    /// <summary>Everything of a test environment, at once: its counters and its events must not be seen apart. Batch keys stay: they don't say which environment they were for.</summary>
    public static async Task<Removed> RemoveTestAsync(AccountDatabase database, Sql sql, Guid projectId)
    {
        await database.LockProjectAsync(sql, projectId);
        return await RemoveAllAsync(database, sql, "project_id = @projectId and env = @env", new { projectId, env = (int)DataEnvironment.Test });
    }

    private static async Task<Removed> RemoveAllAsync(AccountDatabase database, Sql sql, string condition, object parameters)
    {
        long events = 0;
        while (await database.DeleteSomeEventsAsync(sql, condition, parameters) is > 0 and var some)
            events += some;
        var removed = new Removed
        {
            Events = events,
            Days = await sql.ValueAsync<long>(
                $"select count(*) from (select env, day from rollups where {condition} union select env, day from rollup_deltas where {condition}) d", parameters),
            Installs = await sql.ValueAsync<long>($"select count(*) from installs where {condition}", parameters),
        };
        foreach (var statement in database.AfterEvents(condition))
            await sql.SlowExecuteAsync(statement, parameters);
        foreach (var table in ByEnvironment)
            await sql.SlowExecuteAsync($"delete from {table} where {condition}", parameters);
        return removed;
    }
}
