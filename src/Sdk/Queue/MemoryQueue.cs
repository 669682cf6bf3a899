using System.Diagnostics;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// Stores events in memory: if there is no home directory, and for backends that deliver immediately. Batches are due as soon as they are
/// created, because they do not survive the process.
/// </summary>
internal sealed class MemoryQueue(QueueSettings settings, Clock clock) : ITelemetryQueue
{
    private readonly object _gate = new();
    private readonly LinkedList<MemoryBatch> _batches = new();
    private readonly Uuid7 _ids = new();
    private int _events;
    private long _bytes;

    public bool Append(EventBlock block)
    {
        while (block.Remaining > 0)
        {
            var lines = new Utf8Buffer();
            var count = 0;
            while (block.Remaining > 0 && count < settings.BatchEvents
                && (count == 0 || lines.Length + block.Next.Count <= settings.BatchBytes))
            {
                var next = block.Next;
                lines.Append(next.Array!, next.Offset, next.Count);
                block.Advance();
                count++;
            }

            var now = clock.UtcNow;
            lock (_gate)
                Add(new(this, Guid.ParseExact(_ids.Create(now), "N"), now, block.Head, lines.ToArray(), count), first: false);
        }

        return true;
    }

    public QueuedBatch? Take(bool includeOpen)
    {
        lock (_gate)
        {
            if (_batches.First is not { } first)
                return null;
            Remove(first);
            return first.Value;
        }
    }

    public QueueStatus GetStatus()
    {
        lock (_gate)
            return new(_events, _bytes, _batches.First?.Value.CreatedAt);
    }

    public IReadOnlyList<WaitingBatch> Peek()
    {
        var waiting = new List<WaitingBatch>();
        lock (_gate)
        {
            foreach (var batch in _batches)
                waiting.Add(new(batch.Id, batch.CreatedAt, batch.Head, batch.Lines));
        }

        return waiting;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _batches.Clear();
            _events = 0;
            _bytes = 0;
        }
    }

    private void Add(MemoryBatch batch, bool first)
    {
        Debug.Assert(Monitor.IsEntered(_gate), "The caller holds the lock.");
        if (first)
            _batches.AddFirst(batch);
        else
            _batches.AddLast(batch);
        _events += batch.Count;
        _bytes += batch.Lines.Length;
        while (_batches.Count > 1 && (_events > settings.QueueEvents || _bytes > settings.QueueBytes))
        {
            settings.Dropped("queue_full", _batches.First!.Value.Count);
            Remove(_batches.First);
        }
    }

    private void Remove(LinkedListNode<MemoryBatch> node)
    {
        _batches.Remove(node);
        _events -= node.Value.Count;
        _bytes -= node.Value.Lines.Length;
        Debug.Assert(_events >= 0 && _bytes >= 0, "The totals are those of the batches in the list.");
    }

    private sealed class MemoryBatch(MemoryQueue queue, Guid id, DateTimeOffset createdAt, string head, byte[] lines, int count)
        : QueuedBatch(id, createdAt, head, lines, count)
    {
        public override void Complete()
        {
        }

        public override void Return()
        {
            lock (queue._gate)
                queue.Add(this, first: true);
        }
    }
}
