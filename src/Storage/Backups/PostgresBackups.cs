using System.IO.Compression;
using Npgsql;
using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Storage.Backups;

/// <summary>
/// Backups of a PostgreSQL database with <c>pg_dump</c>, which copies one snapshot while servers write, and <c>pg_restore</c>, in one
/// transaction.
/// </summary>
internal sealed class PostgresBackups(string connectionString, TimeProvider time) : IBackups
{
    /// <summary>The kind of the store in manifests.</summary>
    public const string Store = "postgres";

    private readonly PostgresPrograms _programs = new(connectionString);

    public async Task<BackupManifest> BackUpAsync(string file, string program, CancellationToken cancellationToken)
    {
        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat, Store = Store, Program = program, CreatedAt = time.GetUtcNow(),
            Schema = await SchemaAsync(cancellationToken),
        };

        // The members of a cluster that runs now don't run where the backup is restored. Dumps are compressed by pg_dump.
        string[] arguments = ["--format=custom", "--no-owner", "--no-acl", "--exclude-table-data=cluster_members"];
        return await BackupFile.WriteAsync(
            file,
            manifest,
            CompressionLevel.NoCompression,
            (target, ct) => _programs.RunAsync("pg_dump", arguments, (_, output, stop) => output.CopyToAsync(target, 1 << 20, stop), ct),
            cancellationToken);
    }

    public async Task<BackupManifest> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        var manifest = await BackupFile.VerifyAsync(file, Store, Migration.Load("Postgres")[^1].Version, cancellationToken);
        const string Tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')";
        if (await QueryAsync(Tables, cancellationToken) is not 0L)
            throw new BackupException("The database isn't empty. Create an empty one; a restore never replaces data.");

        var database = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        await _programs.RunAsync(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", $"--dbname={database}"],
            (input, _, stop) => BackupFile.CopyDataAsync(file, manifest, input, stop),
            cancellationToken);
        // Without statistics the first questions would be slow.
        await QueryAsync("analyze", cancellationToken);
        return manifest;
    }

    private async Task<int> SchemaAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync("select max(version) from schema_migrations", cancellationToken) is int version
                ? version
                : throw new BackupException("The database has no migrations, so it isn't a database of TelemetryKit.");
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new BackupException("The database has no migrations, so it isn't a database of TelemetryKit.", fault);
        }
    }

    private async Task<object?> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            return await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: PostgresErrorCodes.UndefinedTable })
        {
            throw new BackupException($"PostgreSQL can't be used: {fault.Message}", fault);
        }
    }
}
