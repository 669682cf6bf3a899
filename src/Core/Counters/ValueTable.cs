namespace TelemetryKit.Core.Counters;

/// <summary>The values of one dimension of a group of events.</summary>
internal sealed class ValueTable(Kept kept, RollupBounds bounds, TallyName name = default)
    : NameTable<Value>(bounds.Values), INamed
{
    private int _latest;

    /// <summary>The metadata key whose values these are; the default value for any other dimension.</summary>
    public TallyName Name => name;

    /// <summary>
    /// Events that have a value in this dimension, kept or not. An event with several values of a metadata key counts once for each.
    /// </summary>
    public long Total { get; private set; }

    public ReadOnlySpan<Value> Values => Items;

    public Kept Kept => kept;

    public override long EstimatedBytes => 48 + base.EstimatedBytes;

    /// <summary>Events whose value is not kept.</summary>
    public long Other
    {
        get
        {
            var other = Total;
            foreach (ref readonly var value in Values)
                other -= value.Tally.Events;
            return other;
        }
    }

    string? INamed.Text => name.Text;

    string? INamed.Type => null;

    ulong INamed.Hash => name.Hash;

    public Tally? Find(in TallyName value)
    {
        var at = Search(value);
        return at < 0 ? null : Items[at].Tally;
    }

    /// <summary>Counts one event.</summary>
    public void Add(string value, in Sample sample)
    {
        Total++;
        var at = FindOrAdd(value);
        if (at >= 0)
            Items[at].Tally.Add(sample, bounds);
    }

    /// <summary>Adds events that were counted together.</summary>
    public void Add(string value, in Tally counted)
    {
        Total += counted.Events;
        var at = FindOrAdd(value);
        if (at >= 0)
            Items[at].Tally.MergeFrom(counted, bounds);
    }

    public void MergeFrom(ValueTable other)
    {
        Total += other.Total;
        if (Count == 0)
            Reserve(other.Count);
        for (var i = 0; i < other.Count; i++)
        {
            var at = FindOrAdd(other.NameAt(i));
            if (at >= 0)
                Items[at].Tally.MergeFrom(other.Items[i].Tally, bounds);
        }
    }

    /// <summary>Starts loading a stored table.</summary>
    /// <param name="total">See <see cref="Total"/>.</param>
    /// <param name="values">The number of values that will be loaded.</param>
    public void Load(long total, int values)
    {
        Total = total;
        Reserve(values);
    }

    /// <summary>Loads the next stored value. The caller ensures the order of names and the bound on their number.</summary>
    public void Load(in TallyName value, in Tally tally) =>
        Insert(Count, new Value(value.Text!, value.Hash, kept) { Tally = tally });

    private int FindOrAdd(string value)
    {
        // Consecutive events usually have the same value, and then the same string instance.
        if (_latest < Count && ReferenceEquals(Items[_latest].Text, value))
            return _latest;
        return FindOrAdd(TallyName.Value(value));
    }

    private int FindOrAdd(in TallyName value)
    {
        var at = Search(value);
        if (at < 0)
        {
            at = ~at;
            if (!Keeps(at))
                return -1;
            Insert(at, new Value(value.Text!, value.Hash, kept));
        }

        return _latest = at;
    }
}
