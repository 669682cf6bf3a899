using Microsoft.Data.Sqlite;

namespace TelemetryKit.Sqlite;

/// <summary>
/// Deletes a damaged database. Its events are lost: recovering telemetry is not worthwhile, and the damage must not affect every run of the
/// tool.
/// </summary>
internal static class DamagedDatabase
{
    public static void Replace(string path, QueueSettings settings)
    {
        // One process at a time, so that a second one does not delete the new database of the first.
        using var claim = BatchClaim.TryTake(path, "repair");
        if (claim is null || IsSound(path))
            return;
        foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
            File.Delete(file);
        // The number of lost events is unknown.
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
