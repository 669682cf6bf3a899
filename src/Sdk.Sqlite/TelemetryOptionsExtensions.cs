namespace TelemetryKit.Sqlite;

/// <summary>Selects SQLite for the queue.</summary>
public static class TelemetryOptionsExtensions
{
    /// <summary>
    /// Stores events in the database <c>~/.telemetry-kit/SERVICE.db</c> until they are sent, and keeps the last 1,000 sent events. Any
    /// number of processes can use it concurrently.
    /// </summary>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public static TelemetryOptions UseSqlite(this TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Queue = settings => new SqliteQueue(settings, TimeProvider.System);
        return options;
    }
}
