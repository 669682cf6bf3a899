using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TelemetryKit.Sqlite;

/// <summary>
/// A transaction that has the database's write lock from its first moment, so that it cannot fail halfway for want of it. Rolled back
/// unless it is committed.
/// </summary>
/// <remarks>
/// It waits for the lock by itself: the SQLite that comes with the package sleeps for a whole second at a time, and the driver for
/// 150 ms, while other processes of a tool hold the lock for a few milliseconds only.
/// </remarks>
internal sealed class WriteTransaction : IDisposable
{
    private const int LongestPauseMs = 8;

    private readonly sqlite3 _database;
    private bool _ended;

    private WriteTransaction(sqlite3 database) => _database = database;

    /// <summary>Begins, or throws when other processes hold the lock for longer than the given time.</summary>
    public static WriteTransaction Begin(SqliteConnection connection, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        int result;
        while (IsBusy(result = raw.sqlite3_exec(connection.Handle, "begin immediate")) && Stopwatch.GetElapsedTime(started) < patience)
            Thread.Sleep(Random.Shared.Next(1, LongestPauseMs));
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
        return new(connection.Handle!);
    }

    public void Commit()
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_database, "commit"), _database);
        _ended = true;
    }

    public void Dispose()
    {
        // The connection may be closed already, which rolls back as well.
        if (!_ended && !_database.IsClosed)
            raw.sqlite3_exec(_database, "rollback");
        _ended = true;
    }

    /// <summary>The lower eight bits are the code; those above say why.</summary>
    private static bool IsBusy(int result) => (result & 0xFF) == raw.SQLITE_BUSY;
}
