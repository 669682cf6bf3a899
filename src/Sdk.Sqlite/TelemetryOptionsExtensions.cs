namespace TelemetryKit.Sqlite;

/// <summary>Chooses SQLite for the queue.</summary>
public static class TelemetryOptionsExtensions
{
    /// <summary>
    /// Keeps events in the database <c>~/.telemetry-kit/SERVICE.db</c> until they are sent, and the last 1,000 that were. Any number
    /// of processes may use it at once.
    /// </summary>
    public static TelemetryOptions UseSqlite(this TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Queue = settings => new SqliteQueue(settings, TimeProvider.System);
        return options;
    }
}
