using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Adds installs again that a deletion has deleted although a commit at the same time relied on them: the commit had read the generation
/// before the deletion changed it, and its events weren't in the snapshot of the deletion.
/// </summary>
internal static class InstallRecovery
{
    // Without an install ($3), all installs of the environment.
    private const string FindRemainingSql =
        """
        select e.install, (min(e.ts) at time zone 'utc')::date
        from event_batches b cross join lateral unnest(b.ts, b.install) as e (ts, install)
        where b.project_id = $1 and b.env = $2 and b.install is not null
            and ($3 is null or b.install @> array[$3]) and e.install <> 0 and e.install = coalesce($3, e.install)
        group by e.install
        """;

    /// <summary>
    /// Starts the next generation, so that commits that begin after the caller's transaction don't rely on what they know.
    /// </summary>
    public static async Task IncreaseGenerationsAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken)
    {
        var sql = InstallGenerations.IncreaseSql.Replace("@projectId", "$1", StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.With(projectId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Waits for the commits that were open when the deletion was committed, and adds the installs of which they have written events. The
    /// caller holds the project's lock and has no open transaction.
    /// </summary>
    public static async Task RunAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        long? install,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await ProjectLock.WaitForCommitsAsync(connection, projectId, environment, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var remaining = await FindRemainingAsync(connection, projectId, environment, install, cancellationToken);
        if (remaining.Count == 0)
            return;
        await AddAsync(connection, remaining, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<List<SeenInstall>> FindRemainingAsync(
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, long? install, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindRemainingSql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.Parameters.With(projectId).With(environment);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)install ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<SeenInstall> remaining = [];
        while (await reader.ReadAsync(cancellationToken))
            remaining.Add(new(projectId, environment, reader.GetInt64(0), reader.GetFieldValue<DateOnly>(1)));
        return remaining;
    }

    private static async Task AddAsync(
        NpgsqlConnection connection, List<SeenInstall> installs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        FirstDayChange[] changes;
        await using (var add = new NpgsqlBatch(connection) { BatchCommands = { CommitStatements.AddInstalls(installs) } })
        await using (var reader = await add.ExecuteReaderAsync(cancellationToken))
            changes = CommitStatements.ReadChanges(reader, installs);
        var deltas = FirstDayChange.CountByDay(installs, changes).Where(day => day.Value != 0).Select(day => DeltaOf(day, now)).ToArray();
        if (deltas.Length == 0)
            return;
        await using var insert = new NpgsqlBatch(connection) { BatchCommands = { CommitStatements.InsertDeltas(deltas, now) } };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static RollupDelta DeltaOf(KeyValuePair<(InstallScope Scope, DateOnly Day), long> added, DateTimeOffset now)
    {
        var rollup = new Rollup();
        rollup.AddNewInstalls(added.Value);
        var (scope, day) = added.Key;
        return new(Guid.CreateVersion7(now), scope.ProjectId, scope.Environment, day, rollup.Serialize());
    }
}
