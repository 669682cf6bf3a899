using System.Data.Common;
using Npgsql;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Backups;
using TelemetryKit.Storage.Postgres;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage;

/// <summary>Creates the store that the options select. Nothing is opened until <see cref="IStore.MigrateAsync"/>.</summary>
public static class StoreFactory
{
    /// <summary>Returns a message for every fault of the options, or an empty list if they are valid.</summary>
    public static IReadOnlyList<string> Validate(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.PostgresConnectionString))
            return string.IsNullOrWhiteSpace(options.DataFolder) ? ["The data folder is empty."] : [];
        try
        {
            var connection = Read(options.PostgresConnectionString);
            List<string> faults = [];
            if (string.IsNullOrEmpty(connection.Host))
                faults.Add("The PostgreSQL connection string has no Host.");
            if (string.IsNullOrEmpty(connection.Database))
                faults.Add("The PostgreSQL connection string has no Database.");
            return faults;
        }
        catch (Exception fault)
            when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // The message of the driver contains the keyword, never the password.
            return [$"The PostgreSQL connection string can't be read: {fault.Message}"];
        }
    }

    /// <summary>Creates the store.</summary>
    /// <exception cref="ArgumentException">The options are invalid. The message contains every fault of <see cref="Validate"/>.</exception>
    public static IStore Create(StorageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ThrowIfInvalid(options);
        return string.IsNullOrEmpty(options.PostgresConnectionString)
            ? new SqliteStore(options.DataFolder, options.Secrets, time, options.SkipProcessLock)
            : new PostgresStore(Read(options.PostgresConnectionString).ConnectionString, options.Secrets, time);
    }

    /// <summary>Creates what backs up and restores the store.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Create"/>.</exception>
    public static IBackups CreateBackups(StorageOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ThrowIfInvalid(options);
        return string.IsNullOrEmpty(options.PostgresConnectionString)
            ? new SqliteBackups(options.DataFolder, time)
            : new PostgresBackups(Read(options.PostgresConnectionString).ConnectionString, time);
    }

    /// <summary>
    /// Creates the connections through which the processes of a cluster find each other. They have a pool of their own, so that they don't
    /// wait behind commits.
    /// </summary>
    /// <exception cref="ArgumentException">The options select another store than PostgreSQL.</exception>
    public static DbDataSource CreateClusterDatabase(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrEmpty(options.PostgresConnectionString)
            ? throw new ArgumentException("A cluster needs PostgreSQL.", nameof(options))
            : NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Read(options.PostgresConnectionString).ConnectionString)
            {
                ApplicationName = "telemetrykit-cluster", MaxPoolSize = 10, Timeout = 5, CommandTimeout = 5,
            });
    }

    private static void ThrowIfInvalid(StorageOptions options)
    {
        var faults = Validate(options);
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
    }

    private static NpgsqlConnectionStringBuilder Read(string text)
    {
        if (PostgresUrl.Is(text))
            return PostgresUrl.Parse(text);
        // A connection string has an equals sign before any value.
        return text.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0 && !text.AsSpan(0, scheme).Contains('=')
            ? throw new FormatException(
                $"{text[..scheme]}:// is not the URL of a PostgreSQL database, which begins with postgres:// or postgresql://.")
            : new(text);
    }
}
