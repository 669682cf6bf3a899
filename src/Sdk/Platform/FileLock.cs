namespace TelemetryKit.Platform;

/// <summary>A lock between the processes of a tool, for small files that are read, changed and written again.</summary>
internal static class FileLock
{
    private const int Attempts = 100;
    private const int DelayMs = 10;

    /// <summary>Waits until no other process has the lock. The system releases it when a process ends.</summary>
    /// <param name="path">The path of the file that is changed. The lock is a file beside it.</param>
    /// <exception cref="IOException">The lock cannot be created, or other processes have had it for a second.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the lock.</exception>
    public static FileStream Wait(string path)
    {
        path += ".lock";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate);
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                Thread.Sleep(DelayMs);
            }
        }
    }
}
