using System.Data;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Reading;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads months and days in one snapshot: first which months count, then the list of the other days' rollups and deltas, then the data of
/// those that the reader doesn't have.
/// </summary>
internal sealed class PostgresDays(PostgresDatabase database)
{
    private const string ListSql =
        """
        select day, revision, null::uuid from rollups join unnest($3, $4) as range (first, last) on day between first and last
        where project_id = $1 and env = $2
        union all
        select day, 0, id from rollup_deltas join unnest($3, $4) as range (first, last) on day between first and last
        where project_id = $1 and env = $2
        """;

    private const string ReadSql =
        """
        select null::uuid, day, data from rollups where project_id = $1 and env = $2 and day = any ($3)
        union all
        select id, day, data from rollup_deltas where project_id = $1 and env = $2 and day = any ($4) and id = any ($5)
        """;

    /// <summary>Reads which rollups and deltas the days have, without their data.</summary>
    public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                var (revisions, deltas) = await ListAsync(connection, projectId, environment, ranges, cancellationToken);
                return DayPlan.ContentOf(revisions, deltas);
            },
            cancellationToken);

    public Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                var months = await PostgresMonths.ReadAsync(connection, projectId, environment, request, cancellationToken);
                var ranges = request.DaysBeside(months.Select(month => month.Month));
                var days = ranges.Count == 0
                    ? []
                    : await ReadDaysAsync(connection, projectId, environment, ranges, request.KnownDays, cancellationToken);
                return new RollupSnapshot(months, days);
            },
            cancellationToken);

    private static async Task<IReadOnlyList<DayState>> ReadDaysAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        List<DayRange> ranges,
        IReadOnlyDictionary<DateOnly, KnownDay> known,
        CancellationToken cancellationToken)
    {
        var (revisions, deltas) = await ListAsync(connection, projectId, environment, ranges, cancellationToken);
        var plan = DayPlan.For(revisions, deltas, known.Where(day => ranges.Exists(range => range.Contains(day.Key))));
        return await ReadAsync(connection, projectId, environment, plan, cancellationToken);
    }

    private static async Task<(Dictionary<DateOnly, long> Revisions, ILookup<DateOnly, Guid> Deltas)> ListAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        IReadOnlyList<DayRange> ranges,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ListSql, connection);
        command.Parameters.With(projectId).With(environment)
            .WithArray(ranges.Select(range => range.From).ToArray(), NpgsqlDbType.Date)
            .WithArray(ranges.Select(range => range.To).ToArray(), NpgsqlDbType.Date);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<DateOnly, long> revisions = [];
        List<(DateOnly Day, Guid Id)> deltas = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(2))
                revisions[reader.GetFieldValue<DateOnly>(0)] = reader.GetInt64(1);
            else
                deltas.Add((reader.GetFieldValue<DateOnly>(0), reader.GetGuid(2)));
        }

        return (revisions, deltas.ToLookup(delta => delta.Day, delta => delta.Id));
    }

    private static async Task<IReadOnlyList<DayState>> ReadAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        List<DayPlan> plan,
        CancellationToken cancellationToken)
    {
        Dictionary<DateOnly, ReadOnlyMemory<byte>> rollups = [];
        Dictionary<Guid, ReadOnlyMemory<byte>> deltas = [];
        if (plan.Exists(day => day.NeedsRollup || day.Deltas.Count > 0))
        {
            await using var command = new NpgsqlCommand(ReadSql, connection);
            command.Parameters.With(projectId).With(environment)
                .WithArray(plan.Where(day => day.NeedsRollup).Select(day => day.Day).ToArray(), NpgsqlDbType.Date)
                .WithArray(plan.Where(day => day.Deltas.Count > 0).Select(day => day.Day).ToArray(), NpgsqlDbType.Date)
                .WithArray(plan.SelectMany(day => day.Deltas).ToArray(), NpgsqlDbType.Uuid);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.IsDBNull(0))
                    rollups[reader.GetFieldValue<DateOnly>(1)] = reader.GetFieldValue<byte[]>(2);
                else
                    deltas[reader.GetGuid(0)] = reader.GetFieldValue<byte[]>(2);
            }
        }

        return plan.ConvertAll(day => new DayState(
            day.Day,
            day.Revision,
            day.Replaces,
            day.NeedsRollup ? rollups[day.Day] : (ReadOnlyMemory<byte>?)null,
            [.. day.Deltas.Select(id => new RollupDelta(id, projectId, environment, day.Day, deltas[id]))]));
    }
}
