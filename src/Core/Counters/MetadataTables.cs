using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The values of each metadata key of a subject. Keys are bounded by a cut in the order of their hashes (see <see cref="NameTable{T}"/> for why by hash): at the first
/// key that is one too many, or with which the values are too many, it and all after it are dropped for good. Both counts only grow as events
/// are added before a key, so a cut only moves down, and the cut of a union is where it would be had all its events been counted in one place.
/// </summary>
internal sealed class MetadataTables(RollupBounds bounds)
{
    private readonly NameTable<ValueTable> _keys = new(int.MaxValue);

    /// <summary>Keys whose hash isn't less than this are not kept.</summary>
    public ulong Cut { get; private set; } = ulong.MaxValue;

    public bool IsCut => Cut != ulong.MaxValue;

    public ReadOnlySpan<ValueTable> Keys => _keys.Items;

    public long EstimatedBytes => 40 + _keys.EstimatedBytes;

    /// <summary>
    /// What this takes of the rollup's budget of values. Once cut it stays at the bound, because what a subject takes must never shrink: see <see cref="Rollup"/>.
    /// </summary>
    public int Charge => IsCut ? bounds.MetadataValues : CountValues();

    public ValueTable? Find(in TallyName key)
    {
        var at = _keys.Search(key);
        return at < 0 ? null : _keys.Items[at];
    }

    /// <summary>Counts one event. It may have several values of a key, each of them once.</summary>
    public void Add(EventBatch batch, int index, in Sample sample)
    {
        var range = batch.ValuesOf(index);
        for (var v = range.Start.Value; v < range.End.Value; v++)
            Claim(batch.ValueKey[v])?.Add(batch.Value[v], sample);
    }

    public void MergeFrom(MetadataTables other)
    {
        CutFrom(other.Cut);
        foreach (var key in other.Keys)
            Claim(key.Name)?.MergeFrom(key);
    }

    /// <summary>Cuts where a bound is passed. Called after each addition, before anybody looks.</summary>
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

    /// <summary>Takes what was read, in order.</summary>
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

    private ValueTable? Claim(string key)
    {
        // Keys are few and their strings mostly shared by the events of a batch.
        if (_keys.Count <= 8)
        {
            foreach (var table in _keys.Items)
            {
                if (ReferenceEquals(table.Name.Text, key))
                    return table;
            }
        }

        return Claim(TallyName.Value(key));
    }

    private ValueTable? Claim(in TallyName name)
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
