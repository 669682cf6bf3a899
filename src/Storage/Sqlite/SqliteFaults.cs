using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Distinguishes an unavailable store (locked, full, unreadable) from data that it rejects.</summary>
internal static class SqliteFaults
{
    /// <summary>Returns true unless the data itself can be the cause: too big, a constraint, a wrong type.</summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        SqliteException error => error.SqliteErrorCode
            is not (raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE),
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    /// <summary>Returns the exception for the caller.</summary>
    public static StorageUnavailableException Unavailable(Exception fault) =>
        new(
            fault is SqliteException error
                ? $"SQLite reports an error ({error.SqliteErrorCode}): {error.Message}"
                : $"The database file can't be used: {fault.Message}",
            fault)
        {
            Remedy = RemedyOf(fault),
        };

    private static string? RemedyOf(Exception fault) => fault switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } =>
            "The file is damaged, or it isn't a SQLite database. Restore it from a backup, or move it away to begin with an empty one.",
        UnauthorizedAccessException
            or SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM } =>
            "Let the user of the server read and write the database file and its folder.",
        _ => null,
    };
}
