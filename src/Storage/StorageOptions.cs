using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage;

/// <summary>Where the data is: PostgreSQL when a connection string is given, otherwise SQLite in a folder.</summary>
public sealed record StorageOptions
{
    /// <summary>The SQLite database's name inside <see cref="DataFolder"/>.</summary>
    public const string DatabaseFile = SqliteDatabase.FileName;

    /// <summary>An Npgsql connection string; <c>null</c> or empty for SQLite.</summary>
    public string? PostgresConnectionString { get; init; }

    /// <summary>The folder of the SQLite database; made where it doesn't exist.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>
    /// True for a program that changes settings beside a running server (the operator's commands): it doesn't claim the SQLite database for itself. It must not ingest:
    /// a server trusts that nobody else does.
    /// </summary>
    public bool BesideServer { get; init; }
}
