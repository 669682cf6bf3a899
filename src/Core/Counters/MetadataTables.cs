using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>The values of each metadata key of a subject. A key's weight is the number of its values that were counted.</summary>
internal sealed class MetadataTables(InstallIndex installs, Breakdown breakdown)
    : NameTable<MetadataKey>(installs.Bounds.MetadataKeys)
{
    public ReadOnlySpan<MetadataKey> Keys => Items;

    /// <summary>Whether a count isn't exact, or a key or value is missing.</summary>
    public bool IsTruncated
    {
        get
        {
            var truncated = Floor > 0;
            foreach (var key in Keys)
                truncated |= key.Missed > 0 || key.IsTruncated;
            return truncated;
        }
    }

    public MetadataKey? Find(in TallyName key)
    {
        var at = Search(key);
        return at < 0 ? null : Items[at];
    }

    /// <summary>Counts one event. It may have several values of a key, each of which counts once.</summary>
    public void Add(EventBatch batch, int index, in Sample sample)
    {
        var range = batch.ValuesOf(index);
        for (var v = range.Start.Value; v < range.End.Value; v++)
            FindOrAdd(batch.ValueKey[v]).Add(batch.Value[v], sample);
    }

    /// <summary>Appends a stored key. The caller ensures that there is no other of the name.</summary>
    public MetadataKey Load(in TallyName name)
    {
        var key = new MetadataKey(name, installs, breakdown);
        Append(key);
        return key;
    }

    public void MergeFrom(MetadataTables other)
    {
        var (own, others) = (Floor, other.Floor);
        AddMissed(others);
        foreach (var key in other.Keys)
        {
            var name = new TallyName(key.Text, null, ((INamed)key).Hash);
            var at = Search(name);
            var missed = at < 0 ? own + key.Missed : key.Missed - others;
            if (at < 0)
                at = Append(new MetadataKey(name, installs, breakdown));
            Items[at].MergeFrom(key);
            Items[at].Missed += missed;
        }

        AddFloor(others);
        PruneIfLarge();
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void PruneAll()
    {
        Prune();
        foreach (var key in Keys)
            key.Prune();
    }

    protected override void Evicted(MetadataKey item) => item.Release();

    private MetadataKey FindOrAdd(string key)
    {
        // There are few keys, and the events of a batch usually share their strings.
        if (Count <= 8)
        {
            foreach (var table in Items)
            {
                if (ReferenceEquals(table.Text, key))
                    return table;
            }
        }

        var name = TallyName.Value(key);
        var at = Search(name);
        if (at >= 0)
            return Items[at];
        PruneBeforeAppend();
        var added = new MetadataKey(name, installs, breakdown) { Missed = Floor };
        Append(added);
        return added;
    }
}
