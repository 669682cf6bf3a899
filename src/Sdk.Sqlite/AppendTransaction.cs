using System.Text;

namespace TelemetryKit.Sqlite;

/// <summary>Adds the events of a block to the open batch and to further ones if necessary. Adds either all events or none.</summary>
internal sealed class AppendTransaction(QueueDatabase database, string path, QueueSettings settings, DateTimeOffset now) : IDisposable
{
    private readonly WriteTransaction _transaction = database.Begin();
    private readonly List<BatchClaim> _dropped = [];
    private BatchRow? _batch;
    private int _droppedEvents;
    private bool _anyFull;

    /// <summary>
    /// A batch that was created later than this is from before the clock was set back. Its age is unknown, so it is sent immediately and
    /// nothing is added to it.
    /// </summary>
    public static DateTimeOffset Future(DateTimeOffset now) => now.AddMinutes(1);

    public bool Run(EventBlock block)
    {
        _batch = FindOpen(block.Head);
        foreach (var line in LinesOf(block))
            Add(line, block.Head);
        Save();
        _transaction.Commit();

        while (block.Remaining > 0)
            block.Advance();
        foreach (var claim in _dropped)
            claim.Settle();
        if (_droppedEvents > 0)
            settings.Dropped("queue_full", _droppedEvents);
        return _anyFull;
    }

    public void Dispose()
    {
        _transaction.Dispose();
        foreach (var claim in _dropped)
            claim.Dispose();
    }

    private BatchRow? FindOpen(string head) => database.Query(
        $"""
        select {BatchRow.Columns} from batches
        where lane = $lane and sealed = 0 and head = $head and created_at > $old and created_at <= $future
        order by created_at limit 1
        """,
        BatchRow.Read,
        ("$lane", settings.Lane), ("$head", head), ("$old", BatchRow.ToText(now - settings.Interval)),
        ("$future", BatchRow.ToText(Future(now)))).FirstOrDefault();

    private void Add(ArraySegment<byte> line, string head)
    {
        if (_batch is null || IsFull(_batch) || (_batch.Events > 0 && _batch.Bytes + line.Count > settings.BatchBytes))
            Begin(head);
        var text = Encoding.UTF8.GetString(line);
        // Numbers of dropped events are not an event. They are stored in the batch's row.
        if (text[0] == '!')
        {
            _batch = _batch! with { Dropped = _batch.Dropped + text };
        }
        else
        {
            database.Execute(
                "insert into events (lane, batch_id, line) values ($lane, $batch, $line)",
                ("$lane", settings.Lane), ("$batch", _batch!.Id), ("$line", text.TrimEnd('\n')));
        }

        _batch = _batch with { Events = _batch.Events + 1, Bytes = _batch.Bytes + line.Count };
    }

    private void Begin(string head)
    {
        if (_batch is not null)
        {
            Save(full: true);
            _anyFull = true;
        }

        MakeRoom();
        _batch = new(BatchId.Create(now).ToString(), now, 0, 0, head, "");
        database.Execute(
            "insert into batches (id, lane, created_at, head) values ($id, $lane, $created, $head)",
            ("$id", _batch.Id), ("$lane", settings.Lane), ("$created", BatchRow.ToText(now)), ("$head", head));
    }

    private void Save(bool full = false)
    {
        if (_batch is null)
            return;
        full |= IsFull(_batch);
        _anyFull |= full;
        database.Execute(
            "update batches set events = $events, bytes = $bytes, dropped = $dropped, sealed = $full where id = $id",
            ("$id", _batch.Id), ("$events", _batch.Events), ("$bytes", _batch.Bytes), ("$dropped", _batch.Dropped), ("$full", full));
    }

    private bool IsFull(BatchRow batch) => batch.Events >= settings.BatchEvents || batch.Bytes >= settings.BatchBytes;

    /// <summary>Drops the oldest batches that are not being sent, until there is room for another one.</summary>
    private void MakeRoom()
    {
        var batches = database.Query(
            $"select {BatchRow.Columns} from batches where lane = $lane order by created_at, id", BatchRow.Read, ("$lane", settings.Lane));
        var events = batches.Sum(batch => batch.Events);
        var bytes = batches.Sum(batch => batch.Bytes);
        foreach (var batch in batches)
        {
            if (events + settings.BatchEvents <= settings.QueueEvents && bytes + settings.BatchBytes <= settings.QueueBytes)
                return;
            if (BatchClaim.TryTake(path, batch.Id) is not { } claim)
                continue;
            _dropped.Add(claim);
            database.Execute("delete from events where batch_id = $id", ("$id", batch.Id));
            database.Execute("delete from batches where id = $id", ("$id", batch.Id));
            _droppedEvents += batch.Events;
            events -= batch.Events;
            bytes -= batch.Bytes;
        }
    }

    /// <summary>Returns all lines of a block, which are adjacent in a buffer, without marking them as persisted.</summary>
    private static IEnumerable<ArraySegment<byte>> LinesOf(EventBlock block)
    {
        var line = block.Next;
        for (var remaining = block.Remaining; remaining > 0; remaining--)
        {
            yield return line;
            var start = line.Offset + line.Count;
            var end = Array.IndexOf(line.Array!, (byte)'\n', start);
            line = new(line.Array!, start, Math.Max(end + 1 - start, 0));
        }
    }
}
