using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Deletes old batch keys in short transactions: a long one would delay the vacuum of all tables.</summary>
internal sealed class KeyCleanup(PostgresDatabase database)
{
    private const int AtOnce = 10_000;

    private const string Sql =
        "delete from batch_keys where ctid = any (array(select ctid from batch_keys where received_at < $1 limit $2))";

    public async Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var deleted = 0; ;)
        {
            var rows = await database.UseAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
                    command.Parameters.With(before).With(AtOnce);
                    return await command.ExecuteNonQueryAsync(cancellationToken);
                },
                cancellationToken);
            deleted += rows;
            if (rows < AtOnce)
                return deleted;
        }
    }
}
