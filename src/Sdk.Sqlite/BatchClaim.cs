namespace TelemetryKit.Sqlite;

/// <summary>
/// The exclusive right to send or drop a batch: an empty file beside the database that one process holds open. The system releases it when
/// the process ends, however it ends, so claims need neither a clock nor cleanup to be safe.
/// </summary>
/// <remarks>
/// After claiming a batch, the process checks whether the batch still exists. Therefore it does no harm if the file is deleted and created
/// again between opening and locking: it is deleted only after its batch is gone.
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

    /// <summary>Claims a batch. Returns null if another process, or another queue of this process, has claimed it.</summary>
    public static BatchClaim? TryTake(string database, string batchId)
    {
        var path = database + "-" + batchId + Extension;
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
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

    /// <summary>Deletes files of claims whose batch is gone. They exist if a process died after deleting the batch.</summary>
    public static void DeleteOrphans(string database, Func<string, bool> exists)
    {
        var prefix = Path.GetFileName(database) + "-";
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(database)!, prefix + "*" + Extension))
        {
            var batchId = Path.GetFileNameWithoutExtension(path)[prefix.Length..];
            // The batch must not be in use while its existence is checked.
            using var claim = TryTake(database, batchId);
            if (claim is not null && !exists(batchId))
                claim.Settle();
        }
    }

    /// <summary>Releases the claim. The batch remains in the queue.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Releases the claim and deletes its file, after the batch was deleted.</summary>
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
            // The empty file remains until a later run deletes it.
        }
    }
}
