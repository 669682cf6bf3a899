using Npgsql;
using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Applies the migrations, one process at a time.</summary>
internal sealed class PostgresMigrator(PostgresDatabase database, TimeProvider time)
{
    // An arbitrary number that is unlikely to be the key of a ProjectLock.
    private const long LockKey = 0x7465_6C65_6B69_7401;

    private static readonly IReadOnlyList<Migration> Known = Migration.Load("Postgres");

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancellationToken);
                try
                {
                    await ApplyAsync(connection, cancellationToken);
                }
                catch (PostgresException fault) when (PostgresFaults.IsFinal(fault))
                {
                    throw new MigrationException($"The schema can't be migrated ({fault.SqlState}): {fault.MessageText}.", fault);
                }
                finally
                {
                    await ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
                }

                return true;
            },
            cancellationToken);

    private async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RequireLz4Async(connection, cancellationToken);
        await ExecuteAsync(
            connection,
            """
            create table if not exists schema_migrations
                (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)
            """,
            cancellationToken);
        foreach (var migration in MigrationPlan.Pending(Known, await ReadAppliedAsync(connection, cancellationToken)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
            await using var record = new NpgsqlCommand("insert into schema_migrations values ($1, $2, $3, $4)", connection);
            record.Parameters.With(migration.Version).With(migration.Name).With(migration.Checksum).With(time.GetUtcNow());
            await record.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task RequireLz4Async(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals))", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
            throw new MigrationException(
                "The PostgreSQL server doesn't support lz4 compression. Version 14 or later, built with lz4, is required.");
    }

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select version, checksum from schema_migrations order by version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<AppliedMigration> applied = [];
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(new AppliedMigration(reader.GetInt32(0), reader.GetString(1)));
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
