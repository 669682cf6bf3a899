namespace TelemetryKit.Storage.Database;

/// <summary>Files that only their owner can read and write.</summary>
internal static class PrivateFile
{
    /// <summary>Opens a file to write.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">A mode that may create the file.</param>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
