using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>A connection with its prepared statements. Their texts are constants of this assembly, so their number is bounded.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const string BusyTimeout = "pragma busy_timeout = 5000";

    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private SqliteSession(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

    /// <summary>Opens the file with full durability: a committed transaction survives a power failure.</summary>
    public static SqliteSession Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var settings = connection.CreateCommand();
            settings.CommandText =
                $"""
                {BusyTimeout};
                pragma page_size = 8192;
                pragma wal_autocheckpoint = 4000;
                pragma journal_mode = wal;
                pragma synchronous = full;
                pragma foreign_keys = off;
                pragma cache_size = -16384;
                pragma temp_store = memory;
                pragma secure_delete = on;
                """;
            settings.ExecuteNonQuery();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns the prepared statement without bound parameters. It may have one user at a time, like the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new SqliteStatement(Connection.Handle!, sql);
        return statement.Reset();
    }

    /// <summary>Runs a statement without parameters. Returns the number of changed rows.</summary>
    public int Execute(string sql) => Prepare(sql).Execute();

    /// <summary>Runs several statements, which aren't prepared.</summary>
    public void ExecuteScript(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Moves the content of the write-ahead log into the file and truncates the log. Returns false, without waiting, if that isn't possible
    /// because another connection reads from the log.
    /// </summary>
    public bool TryTruncateLog()
    {
        try
        {
            // Statements that other methods prepare wait for locks; this one must not.
            Execute("pragma busy_timeout = 0");
            return Prepare("pragma wal_checkpoint(truncate)").ReadLong() == 0;
        }
        catch (SqliteException)
        {
            return false;
        }
        finally
        {
            Execute(BusyTimeout);
        }
    }

    /// <summary>Rolls back an open transaction. Returns false if that fails.</summary>
    public bool TryRollback()
    {
        if (raw.sqlite3_get_autocommit(Connection.Handle!) != 0)
            return true;

        // A statement with unread rows holds its read lock until it is reset.
        foreach (var statement in _statements.Values)
            statement.Reset();
        return raw.sqlite3_exec(Connection.Handle!, "rollback") == raw.SQLITE_OK;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        Connection.Dispose();
    }
}
