namespace TelemetryKit.Grains.Counters;

/// <summary>The values of one dimension of a group of events.</summary>
internal sealed class ValueTable(Kept kept, RollupBounds bounds, TallyName name = default) : INamed
{
    private readonly NameTable<Tally> _values = new(bounds.Values);
    private Tally? _latest;

    /// <summary>The metadata key, where it is the table of one.</summary>
    public TallyName Name => name;

    /// <summary>Events that have a value in this dimension, kept or not.</summary>
    public long Total { get; private set; }

    public ReadOnlySpan<Tally> Values => _values.Items;

    public Kept Kept => kept;

    public long EstimatedBytes => 56 + _values.EstimatedBytes;

    /// <summary>The events whose value is not kept.</summary>
    public long Other
    {
        get
        {
            var other = Total;
            foreach (var value in Values)
                other -= value.Events;
            return other;
        }
    }

    public Tally? Find(string value) => Find(TallyName.Value(value));

    public Tally? Find(in TallyName value) => _values.Find(value);

    /// <summary>Counts one event.</summary>
    public void Add(string value, in Sample sample)
    {
        Total++;
        Claim(value)?.Add(sample, bounds);
    }

    /// <summary>Adds events that were counted together.</summary>
    public void Add(string value, Tally counted)
    {
        Total += counted.Events;
        Claim(value)?.MergeFrom(counted, bounds);
    }

    public void MergeFrom(ValueTable other)
    {
        Total += other.Total;
        foreach (var value in other.Values)
            Claim(value.Name)?.MergeFrom(value, bounds);
    }

    /// <summary>Takes what was read: in order, not more than the bound.</summary>
    public void Load(long total, ReadOnlySpan<Tally> values)
    {
        Total = total;
        foreach (var value in values)
            _values.Insert(_values.Count, value);
    }

    private Tally? Claim(string value)
    {
        // Neighbouring events mostly share the value, and then also the string.
        if (_latest is not null && ReferenceEquals(_latest.Name.Text, value))
            return _latest;
        return Claim(TallyName.Value(value));
    }

    private Tally? Claim(in TallyName name)
    {
        var at = _values.Search(name);
        if (at >= 0)
            return _latest = _values.Items[at];
        if (!_values.Keeps(~at))
            return null;
        _latest = new Tally(name, kept);
        _values.Insert(~at, _latest);
        return _latest;
    }
}
