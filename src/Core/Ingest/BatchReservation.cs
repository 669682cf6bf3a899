using System.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// The events of one batch that its transaction will commit. Duplicates are dropped first, then the events that exceed the quota.
/// </summary>
internal sealed class BatchReservation
{
    private readonly EventBatch _events;
    private BatchReservation? _original;
    private bool[]? _dropped;
    private List<int>? _overQuota;
    private int _duplicates;

    public BatchReservation(PendingBatch batch)
    {
        Batch = batch;
        _events = batch.Parsed.Events;
        Kept = _events.Count;
    }

    public PendingBatch Batch { get; }

    /// <summary>The number of events that will be committed.</summary>
    public int Kept { get; private set; }

    /// <summary>Marks the batch as a repetition of an earlier one of the group. The verdict of that one determines this one's.</summary>
    public void MarkRepetitionOf(BatchReservation original)
    {
        _original = original;
        Kept = 0;
    }

    /// <summary>Drops an event whose id was reserved by an earlier event of the group or by another commit.</summary>
    public void DropDuplicate(int index)
    {
        Drop(index);
        _duplicates++;
    }

    /// <summary>Drops what a key that the store already has identifies: the whole batch, or the one event of that id.</summary>
    public void DropDuplicates(Guid key)
    {
        if (Batch.Parsed.BatchId is not null)
        {
            _duplicates = Kept;
            Kept = 0;
            return;
        }

        // Batches without a batch_id are rare and small enough for a linear search; event ids are distinct within one.
        var index = Array.IndexOf(_events.EventId, key, 0, _events.Count);
        Debug.Assert(index >= 0, "A key of a batch without a batch_id is the id of one of its events.");
        DropDuplicate(index);
    }

    /// <summary>Keeps the first <paramref name="granted"/> events and adds the keys of the others to <paramref name="released"/>.</summary>
    public void LimitTo(int granted, List<BatchKey> released)
    {
        Debug.Assert(granted >= 0 && granted <= Kept, "Quota is granted for no more events than were requested.");
        if (granted == Kept)
            return;
        var projectId = Batch.Project.Ref.ProjectId;
        _overQuota = [];
        // A batch without a single event that fits is rejected and may be sent again. If a part fits, the batch is done and keeps its key.
        if (granted == 0 && Batch.Parsed.BatchId is { } batchId)
            released.Add(new(projectId, batchId));
        foreach (var i in KeptIndices().Skip(granted).ToArray())
        {
            _overQuota.Add(Batch.Parsed.Index[i]);
            if (Batch.Parsed.BatchId is null && Batch.Parsed.HasEventId[i])
                released.Add(new(projectId, _events.EventId[i]));
            Drop(i);
        }
    }

    /// <summary>The indices, in the columns, of the events that will be committed.</summary>
    public IEnumerable<int> KeptIndices()
    {
        if (Kept == 0)
            yield break;
        for (var i = 0; i < _events.Count; i++)
        {
            if (_dropped?[i] != true)
                yield return i;
        }
    }

    /// <summary>The columns of the events that will be committed.</summary>
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
        if (_original is { } original)
        {
            var verdict = original.Verdict();
            return verdict.Status == IngestStatus.Done ? new(IngestStatus.Done, 0, _events.Count) : verdict;
        }

        if (_overQuota is not null && Kept == 0 && _duplicates == 0)
            return new(IngestStatus.QuotaExceeded);
        return new(IngestStatus.Done, Kept, _duplicates, _overQuota);
    }

    private void Drop(int index)
    {
        _dropped ??= new bool[_events.Count];
        _dropped[index] = true;
        Kept--;
    }
}
