using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>A request body after parsing, validating and scrubbing. Reused between requests (<see cref="Clear"/>).</summary>
public sealed class ParsedBatch
{
    private readonly List<int> _index = [];
    private readonly List<bool> _hasEventId = [];
    private readonly List<Rejection> _rejected = [];

    /// <summary>
    /// The sender's <c>batch_id</c>; <c>null</c> where it sent none, and then each event id is a key of its own.
    /// </summary>
    public Guid? BatchId { get; set; }

    /// <summary>Events in the request, good or bad.</summary>
    public int Received { get; set; }

    /// <summary>Events that repeat an <c>event_id</c> of the same request.</summary>
    public int Duplicates { get; set; }

    /// <summary>
    /// Metadata keys left out of accepted or refused events: not on the project's allow-list, or equal to another after
    /// scrubbing.
    /// </summary>
    public int DroppedMetadata { get; set; }

    /// <summary>The events that passed.</summary>
    public EventBatch Events { get; } = new();

    /// <summary>Beside each event of <see cref="Events"/>: its index in the request.</summary>
    public IReadOnlyList<int> Index => _index;

    /// <summary>Beside each event of <see cref="Events"/>: whether its id came from the sender.</summary>
    public IReadOnlyList<bool> HasEventId => _hasEventId;

    /// <summary>The events that did not pass.</summary>
    public IReadOnlyList<Rejection> Rejected => _rejected;

    /// <summary>Notes where the event just added to <see cref="Events"/> came from.</summary>
    public void Accept(int index, bool hasEventId)
    {
        _index.Add(index);
        _hasEventId.Add(hasEventId);
    }

    /// <summary>Notes an event that did not pass.</summary>
    public void Reject(Rejection rejection) => _rejected.Add(rejection);

    /// <summary>
    /// Takes events that had been accepted out again, by their ascending places in <see cref="Events"/>, and puts the refused
    /// ones in the order of the request.
    /// </summary>
    internal void Remove(ReadOnlySpan<int> places)
    {
        Events.Remove(places);
        for (var p = places.Length - 1; p >= 0; p--)
        {
            _index.RemoveAt(places[p]);
            _hasEventId.RemoveAt(places[p]);
        }

        _rejected.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    /// <summary>Empties it for reuse.</summary>
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
