namespace TelemetryKit.Sqlite;

/// <summary>
/// The right to send or drop a batch: an empty file beside the database that is held open by one process. The system lets go of it
/// with the process, however that ends, so a claim needs no clock and no clean-up to be safe.
/// </summary>
/// <remarks>
/// Whoever has a claim looks afterwards whether the batch is still there. So it does no harm that a file may be deleted and made
/// anew between its opening and its locking: it is deleted only after its batch is gone.
/// </remarks>
internal sealed class BatchClaim : IDisposable
{
    private const string Extension = ".claim";

    private readonly string _path;
    private readonly FileStream _file;

    private BatchClaim(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Claims a batch; null when another process has it, or this one in another place.</summary>
    public static BatchClaim? TryTake(string database, string batchId)
    {
        var path = database + "-" + batchId + Extension;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new(path, new(path, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Deletes the files of claims whose batch is gone: a process died between forgetting the one and deleting the other.</summary>
    public static void Tidy(string database, Func<string, bool> exists)
    {
        var prefix = Path.GetFileName(database) + "-";
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(database)!, prefix + "*" + Extension))
        {
            var batchId = Path.GetFileNameWithoutExtension(path)[prefix.Length..];
            // Whether the batch is gone can be told only while nobody else has it.
            using var claim = TryTake(database, batchId);
            if (claim is not null && !exists(batchId))
                claim.Settle();
        }
    }

    /// <summary>Gives the claim up; the batch stays.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Gives the claim up after the batch is gone.</summary>
    public void Settle()
    {
        _file.Dispose();
        TryDelete(_path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty file stays until the next run tidies up.
        }
    }
}
