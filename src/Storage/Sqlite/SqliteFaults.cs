using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Tells a store that is away (locked, full, unreadable) from data it refuses.</summary>
internal static class SqliteFaults
{
    /// <summary>True unless the data itself can be at fault: too big, a constraint, a wrong type.</summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        SqliteException answer => answer.SqliteErrorCode is not (raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE),
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    /// <summary>What the caller sees.</summary>
    public static StorageUnavailableException Unavailable(Exception fault) =>
        new(fault is SqliteException answer ? $"SQLite refuses ({answer.SqliteErrorCode}): {answer.Message}" : $"The database file can't be used: {fault.Message}", fault);
}
