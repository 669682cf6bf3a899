namespace TelemetryKit.Storage.Sqlite;

/// <summary>Another process has the database file open. Waiting doesn't help while it runs, and two servers on one SQLite file would each miss what the other writes.</summary>
public sealed class DatabaseInUseException : Exception
{
    /// <summary>Makes it.</summary>
    public DatabaseInUseException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
