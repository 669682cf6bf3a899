using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TelemetryKit.Sqlite;

/// <summary>
/// A transaction that takes the database's write lock at its start, so that it cannot fail later because the lock is not available. Rolled
/// back unless it is committed.
/// </summary>
/// <remarks>
/// Waits for the lock with short pauses: SQLite sleeps for up to 100 ms at a time and the driver for 150 ms, but other processes of a tool
/// hold the lock for only a few milliseconds.
/// </remarks>
internal sealed class WriteTransaction : IDisposable
{
    private const int MaxPauseMs = 8;

    private readonly sqlite3 _database;
    private bool _ended;

    private WriteTransaction(sqlite3 database) => _database = database;

    /// <summary>Begins a transaction.</summary>
    /// <exception cref="SqliteException">Other processes held the lock for longer than the timeout.</exception>
    public static WriteTransaction Begin(SqliteConnection connection, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        int result;
        while (IsBusy(result = raw.sqlite3_exec(connection.Handle, "begin immediate")) && Stopwatch.GetElapsedTime(started) < timeout)
            Thread.Sleep(Random.Shared.Next(1, MaxPauseMs));
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
        // A closed connection has already rolled back.
        if (!_ended && !_database.IsClosed)
            raw.sqlite3_exec(_database, "rollback");
        _ended = true;
    }

    /// <summary>The lower eight bits are the primary result code.</summary>
    private static bool IsBusy(int result) => (result & 0xFF) == raw.SQLITE_BUSY;
}
