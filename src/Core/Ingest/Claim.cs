using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>What is left of one batch while its transaction decides: first the duplicates go, then what is over quota.</summary>
internal sealed class Claim
{
    private readonly EventBatch _events;
    private Claim? _followed;
    private bool[]? _gone;
    private List<int>? _overQuota;
    private int _duplicates;

    public Claim(PendingBatch batch)
    {
        Batch = batch;
        _events = batch.Parsed.Events;
        Kept = _events.Count;
    }

    public PendingBatch Batch { get; }

    /// <summary>Events that will be committed.</summary>
    public int Kept { get; private set; }

    /// <summary>The same batch stands earlier in the group: whatever happens to that one decides about this one.</summary>
    public void Follow(Claim owner)
    {
        _followed = owner;
        Kept = 0;
    }

    /// <summary>The event repeats one that stands earlier in the group.</summary>
    public void DropDuplicate(int index)
    {
        Drop(index);
        _duplicates++;
    }

    /// <summary>The store has this key already: the whole batch, or the one event of that id, is a duplicate.</summary>
    public void KeyIsTaken(Guid key)
    {
        if (Batch.Parsed.BatchId is not null)
        {
            _duplicates = Kept;
            Kept = 0;
            return;
        }

        // Batches without a batch_id are rare and small enough to look through; event ids are distinct within one.
        var index = Array.IndexOf(_events.EventId, key, 0, _events.Count);
        DropDuplicate(index);
    }

    /// <summary>Keeps the first <paramref name="fits"/> events and collects the keys that thereby stay free.</summary>
    public void LimitTo(int fits, List<BatchKey> released)
    {
        if (fits == Kept)
            return;
        var projectId = Batch.Project.Ref.ProjectId;
        _overQuota = [];
        // A batch of which nothing fits is refused whole; one of which a part fits is settled, and its key is used up.
        if (fits == 0 && Batch.Parsed.BatchId is { } batchId)
            released.Add(new(projectId, batchId));
        foreach (var i in KeptIndices().Skip(fits).ToArray())
        {
            _overQuota.Add(Batch.Parsed.Index[i]);
            if (Batch.Parsed.BatchId is null && Batch.Parsed.HasEventId[i])
                released.Add(new(projectId, _events.EventId[i]));
            Drop(i);
        }
    }

    /// <summary>The events that will be committed, by their place in the columns.</summary>
    public IEnumerable<int> KeptIndices()
    {
        if (Kept == 0)
            yield break;
        for (var i = 0; i < _events.Count; i++)
        {
            if (_gone?[i] != true)
                yield return i;
        }
    }

    /// <summary>The columns of just those events.</summary>
    public EventBatch KeptEvents()
    {
        if (Kept == _events.Count)
            return _events;
        var kept = new EventBatch(Kept);
        foreach (var i in KeptIndices())
            kept.CopyFrom(_events, i);
        return kept;
    }

    public CommitVerdict Verdict()
    {
        if (_followed is { } owner)
        {
            var verdict = owner.Verdict();
            return verdict.Status == IngestStatus.Done ? new(IngestStatus.Done, 0, _events.Count) : verdict;
        }

        if (_overQuota is not null && Kept == 0 && _duplicates == 0)
            return new(IngestStatus.QuotaExceeded);
        return new(IngestStatus.Done, Kept, _duplicates, _overQuota);
    }

    private void Drop(int index)
    {
        _gone ??= new bool[_events.Count];
        _gone[index] = true;
        Kept--;
    }
}
