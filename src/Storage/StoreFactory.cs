using Npgsql;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage;

/// <summary>Makes the store that the options name. Nothing is opened until <see cref="IStore.MigrateAsync"/>.</summary>
public static class StoreFactory
{
    /// <summary>Every fault of the options as a sentence; empty where they are good.</summary>
    public static IReadOnlyList<string> Validate(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.PostgresConnectionString))
            return string.IsNullOrWhiteSpace(options.DataFolder) ? ["The data folder is empty."] : [];
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(options.PostgresConnectionString);
            List<string> faults = [];
            if (string.IsNullOrEmpty(connection.Host))
                faults.Add("The PostgreSQL connection string names no Host.");
            if (string.IsNullOrEmpty(connection.Database))
                faults.Add("The PostgreSQL connection string names no Database.");
            return faults;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // The driver's message names the keyword, never the password.
            return [$"The PostgreSQL connection string can't be read: {fault.Message}"];
        }
    }

    /// <summary>Makes the store. Throws <see cref="ArgumentException"/> with every fault that <see cref="Validate"/> finds.</summary>
    public static IStore Create(StorageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var faults = Validate(options);
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        return string.IsNullOrEmpty(options.PostgresConnectionString)
            ? new SqliteStore(options.DataFolder, time, options.BesideServer)
            : new PostgresStore(options.PostgresConnectionString, time);
    }
}
