namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// Another process has the database file open. A retry fails until that process ends. Two servers on one SQLite file are not supported,
/// because each of them caches data on the assumption that no other process writes it.
/// </summary>
public sealed class DatabaseInUseException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DatabaseInUseException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
