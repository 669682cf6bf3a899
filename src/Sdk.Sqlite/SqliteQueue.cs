using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Sqlite;

/// <summary>
/// Stores events in a SQLite database that any number of processes of the same tool share. Each call is a single transaction, so a process
/// can be terminated at any point.
/// </summary>
internal sealed class SqliteQueue : ITelemetryQueue
{
    /// <summary>The number of sent events that stay in the database, so that users can see what was sent.</summary>
    public const int KeptSynced = 1_000;

    private const int Corrupt = 11, NotADatabase = 26;

    private readonly object _gate = new();
    private readonly QueueSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _path;
    private QueueDatabase? _database;

    public SqliteQueue(QueueSettings settings, TimeProvider time)
    {
        if (settings.Directory is null)
            throw new ArgumentException("There is no home directory for the database.", nameof(settings));
        _settings = settings;
        _time = time;
        _path = Path.Combine(settings.Directory, settings.ServiceName + ".db");
    }

    public bool Append(EventBlock block) => With(database =>
    {
        using var append = new AppendTransaction(database, _path, _settings, _time.GetUtcNow());
        return append.Run(block);
    });

    public QueuedBatch? Take(bool includeOpen) => With(database =>
    {
        foreach (var id in Due(database, includeOpen))
        {
            if (BatchClaim.TryTake(_path, id) is { } claim && Read(database, id, claim) is { } batch)
                return batch;
        }

        return null;
    });

    public QueueStatus GetStatus() => File.Exists(_path)
        ? With(database => database.Query(
            "select coalesce(sum(events), 0), coalesce(sum(bytes), 0), min(created_at) from batches where lane = $lane",
            row => new QueueStatus(row.GetInt32(0), row.GetInt64(1), row.IsDBNull(2) ? null : BatchRow.ToTime(row.GetString(2))),
            ("$lane", _settings.Lane))[0])
        : default;

    public IReadOnlyList<WaitingBatch> Peek() => File.Exists(_path)
        ? With(database =>
        {
            var batches = database.Query(
                $"select {BatchRow.Columns} from batches where lane = $lane order by created_at, id", BatchRow.Read,
                ("$lane", _settings.Lane));
            return batches.ConvertAll(batch => new WaitingBatch(
                Guid.Parse(batch.Id), batch.CreatedAt, batch.Head, SqliteBatch.Join(LinesOf(database, batch.Id), batch.Dropped)));
        })
        : [];

    public void Clear()
    {
        if (!File.Exists(_path))
            return;
        With(database =>
        {
            using (var transaction = database.Begin())
            {
                // This includes batches that other processes are sending. Their claims have no effect afterwards.
                database.Execute("delete from events where lane = $lane", ("$lane", _settings.Lane));
                database.Execute("delete from batches where lane = $lane", ("$lane", _settings.Lane));
                transaction.Commit();
            }

            // The log still contains the deleted events.
            return database.Execute("pragma wal_checkpoint(truncate)");
        });
    }

    /// <summary>Marks a batch's events as synced and deletes the batch, and the oldest synced events beyond the limit.</summary>
    internal void Complete(string id) => With(database =>
    {
        using var transaction = database.Begin();
        database.Execute("update events set synced = 1 where batch_id = $id", ("$id", id));
        database.Execute("delete from batches where id = $id", ("$id", id));
        database.Execute(
            """
            delete from events where synced = 1 and lane = $lane and seq <=
                (select seq from events where synced = 1 and lane = $lane order by seq desc limit 1 offset $kept)
            """,
            ("$lane", _settings.Lane), ("$kept", KeptSynced));
        transaction.Commit();
        return true;
    });

    private List<string> Due(QueueDatabase database, bool includeOpen)
    {
        var now = _time.GetUtcNow();
        return database.Query(
            """
            select id from batches where lane = $lane and (sealed = 1 or $all or created_at <= $old or created_at > $future)
            order by created_at, id
            """,
            row => row.GetString(0),
            ("$lane", _settings.Lane), ("$all", includeOpen), ("$old", BatchRow.ToText(now - _settings.Interval)),
            ("$future", BatchRow.ToText(AppendTransaction.Future(now))));
    }

    /// <summary>Seals a claimed batch, so that it is the same on every attempt, and reads it. Returns null if it is gone.</summary>
    private SqliteBatch? Read(QueueDatabase database, string id, BatchClaim claim)
    {
        var keep = false;
        try
        {
            using var transaction = database.Begin();
            var rows = database.Query(
                "update batches set sealed = 1 where id = $id returning " + BatchRow.Columns, BatchRow.Read, ("$id", id));
            if (rows is not [var batch])
            {
                claim.Settle();
                return null;
            }

            var lines = LinesOf(database, id);
            transaction.Commit();
            keep = true;
            return new(this, claim, batch, lines);
        }
        finally
        {
            if (!keep)
                claim.Dispose();
        }
    }

    private static List<string> LinesOf(QueueDatabase database, string id) =>
        database.Query("select line from events where batch_id = $id order by seq", row => row.GetString(0), ("$id", id));

    /// <summary>Executes a call on the open database. If the database is damaged, replaces it and executes the call again.</summary>
    private T With<T>(Func<QueueDatabase, T> work)
    {
        lock (_gate)
        {
            try
            {
                return work(Open());
            }
            catch (SqliteException e)
            {
                // The next call opens a new connection, which has no state from the failed call.
                Close();
                if (e.SqliteErrorCode is not (Corrupt or NotADatabase))
                    throw;
            }

            DamagedDatabase.Replace(_path, _settings);
            return work(Open());
        }
    }

    private QueueDatabase Open()
    {
        Debug.Assert(Monitor.IsEntered(_gate), "The caller holds the lock.");
        // A user may delete the file at any time. Events that are written to a deleted file are lost.
        if (_database is not null && !File.Exists(_path))
            Close();
        if (_database is not null)
            return _database;
        _database = QueueDatabase.Open(_path);
        BatchClaim.DeleteOrphans(_path, id => _database.Query("select 1 from batches where id = $id", _ => true, ("$id", id)).Count > 0);
        return _database;
    }

    private void Close()
    {
        _database?.Dispose();
        _database = null;
    }
}
