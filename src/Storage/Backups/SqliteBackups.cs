using System.IO.Compression;
using Microsoft.Data.Sqlite;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage.Backups;

/// <summary>
/// Backups of the embedded database. <c>VACUUM INTO</c> copies one snapshot, with what is still in the write-ahead log, while a server
/// writes.
/// </summary>
internal sealed class SqliteBackups(string folder, TimeProvider time) : IBackups
{
    /// <summary>The kind of the store in manifests.</summary>
    public const string Store = "sqlite";

    private readonly string _file = Path.Combine(Path.GetFullPath(folder), SqliteDatabase.FileName);

    public async Task<BackupManifest> BackUpAsync(string file, string program, CancellationToken cancellationToken)
    {
        if (!File.Exists(_file))
            throw new BackupException($"There is no database at {_file}. TELEMETRYKIT_DATA selects the folder.");
        var began = time.GetUtcNow();
        var copy = $"{file}.{Guid.NewGuid():N}.db";
        try
        {
            // SQLite would create the file for all to read.
            await PrivateFile.Open(copy, FileMode.CreateNew).DisposeAsync();
            await using (var database = new SqliteDatabase(folder, skipProcessLock: true))
                await database.ReadAsync(session => Copy(session, copy), cancellationToken);
            var manifest = new BackupManifest
            {
                Format = BackupManifest.CurrentFormat, Store = Store, Program = program, Schema = SchemaOf(copy), CreatedAt = began,
            };
            return await BackupFile.WriteAsync(
                file,
                manifest,
                CompressionLevel.Fastest,
                async (target, ct) =>
                {
                    await using var source = File.OpenRead(copy);
                    await source.CopyToAsync(target, 1 << 20, ct);
                },
                cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException or StorageUnavailableException)
        {
            throw new BackupException($"{file} can't be written: {fault.Message}", fault);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    public async Task<BackupManifest> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        var manifest = await BackupFile.VerifyAsync(file, Store, Migration.Load("Sqlite")[^1].Version, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        using var whole = Lock();
        foreach (var existing in (string[])[_file, _file + "-wal", _file + "-journal"])
        {
            if (new FileInfo(existing) is { Exists: true, Length: > 0 })
                throw new BackupException($"{existing} exists. Stop the server and move the folder away; a restore never replaces data.");
        }

        var copy = $"{_file}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var target = PrivateFile.Open(copy, FileMode.CreateNew))
            {
                await BackupFile.CopyDataAsync(file, manifest, target, cancellationToken);
                target.Flush(flushToDisk: true);
            }

            if (SchemaOf(copy) != manifest.Schema)
                throw new BackupException($"{file} is damaged: its database has another schema than its manifest.");
            File.Move(copy, _file, overwrite: true);
            return manifest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException or InvalidDataException)
        {
            throw new BackupException($"{_file} can't be written: {fault.Message}", fault);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private FileStream Lock()
    {
        try
        {
            return SqliteDatabase.TakeLock(_file);
        }
        catch (DatabaseInUseException fault)
        {
            throw new BackupException(fault.Message, fault);
        }
    }

    private static bool Copy(SqliteSession session, string copy)
    {
        using var command = session.Connection.CreateCommand();
        command.CommandText = "vacuum into $copy";
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("$copy", copy);
        command.ExecuteNonQuery();
        return true;
    }

    // Also checks that the copy is a whole database.
    private static int SchemaOf(string copy)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false, Mode = SqliteOpenMode.ReadOnly };
        using var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        using var check = connection.CreateCommand();
        check.CommandText = "pragma quick_check(1)";
        var result = check.ExecuteScalar() as string;
        if (result != "ok")
            throw new BackupException($"The database is damaged: {result}");
        using var schema = connection.CreateCommand();
        schema.CommandText = "select max(version) from schema_migrations";
        return schema.ExecuteScalar() is long version
            ? (int)version
            : throw new BackupException("The database has no migrations, so it isn't a database of TelemetryKit.");
    }
}
