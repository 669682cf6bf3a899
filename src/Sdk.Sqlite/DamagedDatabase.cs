using Microsoft.Data.Sqlite;

namespace TelemetryKit.Sqlite;

/// <summary>
/// Puts a damaged database out of the way. What was in it is lost: telemetry is not worth a rescue, and a tool must not be
/// troubled by it on every run.
/// </summary>
internal static class DamagedDatabase
{
    public static void Replace(string path, QueueSettings settings)
    {
        // One process at a time, or a second one would throw away what the first has made anew.
        using var claim = BatchClaim.TryTake(path, "repair");
        if (claim is null || IsSound(path))
            return;
        foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
            File.Delete(file);
        // How many events there were, nobody can tell any more.
        settings.Dropped("corrupted", 1);
    }

    private static bool IsSound(string path)
    {
        try
        {
            using var database = QueueDatabase.Open(path);
            return database.Query("pragma quick_check(1)", row => row.GetString(0)) is ["ok"];
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
