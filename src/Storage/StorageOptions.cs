using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage;

/// <summary>The location of the data: PostgreSQL if a connection string is set, otherwise SQLite in a folder.</summary>
public sealed record StorageOptions
{
    /// <summary>The name of the SQLite database in <see cref="DataFolder"/>.</summary>
    public const string DatabaseFile = SqliteDatabase.FileName;

    /// <summary>An Npgsql connection string or a URL (<c>postgres://…</c>), or <c>null</c> or empty for SQLite.</summary>
    public string? PostgresConnectionString { get; init; }

    /// <summary>The folder of the SQLite database. It is created if it doesn't exist.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>The place of the server's secret, with which secrets in the database are sealed.</summary>
    public required ISecretSource Secrets { get; init; }

    /// <summary>
    /// True for a program that changes settings while a server runs (the operator's commands): it doesn't lock the SQLite database. It must
    /// not ingest, because the server relies on being the only process that does.
    /// </summary>
    public bool SkipProcessLock { get; init; }
}
