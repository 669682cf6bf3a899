using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// Remembers, in the time of an empty file, when events were last delivered or when an exit last waited for it, so that the exits of a
/// tool wait at most once a day.
/// </summary>
/// <param name="path">The file, or <c>null</c> if there is no home directory.</param>
/// <param name="clock">The clock.</param>
internal sealed class DailyMark(string? path, Clock clock)
{
    /// <summary>Whether the mark is older than a day, does not exist yet, or is from before the clock was set back.</summary>
    public bool IsDue
    {
        get
        {
            if (path is null || !File.Exists(path))
                return true;
            var age = clock.UtcNow.UtcDateTime - File.GetLastWriteTimeUtc(path);
            return age > TimeSpan.FromDays(1) || age < TimeSpan.FromMinutes(-1);
        }
    }

    /// <summary>Sets the mark to now. Returns false if it cannot be stored.</summary>
    public bool TrySet()
    {
        if (path is null)
            return false;
        try
        {
            if (!File.Exists(path))
                PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate).Dispose();
            File.SetLastWriteTimeUtc(path, clock.UtcNow.UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
