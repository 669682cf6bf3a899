using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Forgets batch keys, some at a time: one long transaction would hold back everybody's vacuum.</summary>
internal sealed class KeyCleanup(PostgresDatabase database)
{
    private const int AtOnce = 10_000;

    private const string Sql =
        "delete from batch_keys where ctid = any (array(select ctid from batch_keys where received_at < $1 limit $2))";

    public async Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var forgotten = 0; ;)
        {
            var some = await database.UseAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
                    command.Parameters.With(before).With(AtOnce);
                    return await command.ExecuteNonQueryAsync(cancellationToken);
                },
                cancellationToken);
            forgotten += some;
            if (some < AtOnce)
                return forgotten;
        }
    }
}
