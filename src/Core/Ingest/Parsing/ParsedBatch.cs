using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>A parsed, validated and scrubbed request body. Reused between requests (<see cref="Clear"/>).</summary>
public sealed class ParsedBatch
{
    private readonly List<int> _index = [];
    private readonly List<bool> _hasEventId = [];
    private readonly List<Rejection> _rejected = [];

    /// <summary>The client's <c>batch_id</c>; <c>null</c> if there is none, and then each event id is a batch key.</summary>
    public Guid? BatchId { get; set; }

    /// <summary>Events in the request, valid or not.</summary>
    public int Received { get; set; }

    /// <summary>Events that repeat an <c>event_id</c> of the same request.</summary>
    public int Duplicates { get; set; }

    /// <summary>
    /// Metadata keys that were dropped from accepted or refused events: not in the project's allow-list, or equal to another key after
    /// scrubbing.
    /// </summary>
    public int DroppedMetadata { get; set; }

    /// <summary>The accepted events.</summary>
    public EventBatch Events { get; } = new();

    /// <summary>For each event of <see cref="Events"/>: its index in the request.</summary>
    public IReadOnlyList<int> Index => _index;

    /// <summary>For each event of <see cref="Events"/>: whether its id came from the client.</summary>
    public IReadOnlyList<bool> HasEventId => _hasEventId;

    /// <summary>The refused events.</summary>
    public IReadOnlyList<Rejection> Rejected => _rejected;

    /// <summary>Records the origin of the event that was just added to <see cref="Events"/>.</summary>
    public void Accept(int index, bool hasEventId)
    {
        _index.Add(index);
        _hasEventId.Add(hasEventId);
    }

    /// <summary>Records a refused event.</summary>
    public void Reject(Rejection rejection) => _rejected.Add(rejection);

    /// <summary>
    /// Removes accepted events by their ascending indices in <see cref="Events"/>, and sorts the refused ones in the order of the
    /// request.
    /// </summary>
    internal void Remove(ReadOnlySpan<int> positions)
    {
        Events.Remove(positions);
        for (var p = positions.Length - 1; p >= 0; p--)
        {
            _index.RemoveAt(positions[p]);
            _hasEventId.RemoveAt(positions[p]);
        }

        _rejected.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    /// <summary>Empties the batch for reuse.</summary>
    public void Clear()
    {
        BatchId = null;
        Received = Duplicates = DroppedMetadata = 0;
        Events.Clear();
        _index.Clear();
        _hasEventId.Clear();
        _rejected.Clear();
    }
}
