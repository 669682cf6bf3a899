namespace TelemetryKit.Storage.Backups;

/// <summary>Copies the database to a file and back. The server's secret isn't in the copy.</summary>
public interface IBackups
{
    /// <summary>
    /// Copies the database as it is when the copy begins, while servers use it: what was acknowledged before is in the file.
    /// </summary>
    /// <param name="file">The path of the file. It must not exist. Only its owner can read it.</param>
    /// <param name="program">The version of the program, which is written to the file.</param>
    /// <param name="cancellationToken">Cancels the copy; then there is no file.</param>
    /// <exception cref="BackupException">The copy can't be made. There is no file.</exception>
    Task<BackupManifest> BackUpAsync(string file, string program, CancellationToken cancellationToken);

    /// <summary>Fills an empty database from a file, completely or not at all.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="cancellationToken">Cancels the restore.</param>
    /// <exception cref="BackupException">
    /// The file is damaged, of another kind of store or of a newer program, or the database isn't empty. The database is as it was.
    /// </exception>
    Task<BackupManifest> RestoreAsync(string file, CancellationToken cancellationToken);
}
