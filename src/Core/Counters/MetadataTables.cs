using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The values of each metadata key of a subject. Keys are bounded by a cut in the order of their hashes (<see cref="NameTable{T}"/>
/// explains why by hash): the first key that exceeds the bound on keys or on values, and all after it, are dropped permanently. Both
/// counts before a key only grow as events are added, so the cut only moves down, and the cut of a union is the same as if all its events
/// had been counted in one table.
/// </summary>
internal sealed class MetadataTables(RollupBounds bounds)
{
    private readonly NameTable<ValueTable> _keys = new(int.MaxValue);

    /// <summary>Keys whose hash is not less than this are not kept; <see cref="ulong.MaxValue"/> if all are.</summary>
    public ulong Cut { get; private set; } = ulong.MaxValue;

    public bool IsCut => Cut != ulong.MaxValue;

    public ReadOnlySpan<ValueTable> Keys => _keys.Items;

    public long EstimatedBytes => 40 + _keys.EstimatedBytes;

    /// <summary>
    /// The number of values that count against the rollup's budget. After a cut it stays at the bound, because it must never decrease
    /// (see <see cref="SubjectTable"/>).
    /// </summary>
    public int Charge => IsCut ? bounds.MetadataValues : CountValues();

    public ValueTable? Find(in TallyName key)
    {
        var at = _keys.Search(key);
        return at < 0 ? null : _keys.Items[at];
    }

    /// <summary>Counts one event. It may have several values of a key, each of which counts once.</summary>
    public void Add(EventBatch batch, int index, in Sample sample)
    {
        var range = batch.ValuesOf(index);
        for (var v = range.Start.Value; v < range.End.Value; v++)
            FindOrAdd(batch.ValueKey[v])?.Add(batch.Value[v], sample);
    }

    public void MergeFrom(MetadataTables other)
    {
        CutFrom(other.Cut);
        foreach (var key in other.Keys)
            FindOrAdd(key.Name)?.MergeFrom(key);
    }

    /// <summary>
    /// Moves the cut to the first key that exceeds a bound. Must be called after events were added and before the keys are read.
    /// </summary>
    public void Enforce()
    {
        var values = 0;
        for (var i = 0; i < _keys.Count; i++)
        {
            values += _keys.Items[i].Values.Length;
            if (i < bounds.MetadataKeys && values <= bounds.MetadataValues)
                continue;
            CutFrom(_keys.Items[i].Name.Hash);
            return;
        }
    }

    /// <summary>Loads stored keys. The caller ensures their order.</summary>
    public void Load(ulong cut, ReadOnlySpan<ValueTable> keys)
    {
        Cut = cut;
        foreach (var key in keys)
            _keys.Insert(_keys.Count, key);
    }

    private void CutFrom(ulong hash)
    {
        if (hash >= Cut)
            return;
        Cut = hash;
        var keep = 0;
        while (keep < _keys.Count && _keys.Items[keep].Name.Hash < hash)
            keep++;
        _keys.CutAt(keep);
    }

    private ValueTable? FindOrAdd(string key)
    {
        // There are few keys, and the events of a batch usually share their strings.
        if (_keys.Count <= 8)
        {
            foreach (var table in _keys.Items)
            {
                if (ReferenceEquals(table.Name.Text, key))
                    return table;
            }
        }

        return FindOrAdd(TallyName.Value(key));
    }

    private ValueTable? FindOrAdd(in TallyName name)
    {
        if (name.Hash >= Cut)
            return null;
        var at = _keys.Search(name);
        if (at >= 0)
            return _keys.Items[at];
        var table = new ValueTable(Kept.Numbers, bounds, name);
        _keys.Insert(~at, table);
        return table;
    }

    private int CountValues()
    {
        var values = 0;
        foreach (var key in Keys)
            values += key.Values.Length;
        return values;
    }
}
