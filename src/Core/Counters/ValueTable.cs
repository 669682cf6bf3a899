namespace TelemetryKit.Core.Counters;

/// <summary>The values of one dimension of a group of events.</summary>
/// <param name="kept">What is counted of each value.</param>
/// <param name="bound">The number of values that are kept.</param>
/// <param name="installs">The installs of the rollup.</param>
/// <param name="breakdown">What the tables of all subjects share; <c>null</c> for a table of all events.</param>
internal class ValueTable(Kept kept, int bound, InstallIndex installs, Breakdown? breakdown = null) : NameTable<Value>(bound)
{
    private int _latest;

    /// <summary>
    /// Events that have a value in this dimension, kept or not. An event with several values of a metadata key counts once for each.
    /// </summary>
    public long Total { get; private set; }

    public ReadOnlySpan<Value> Values => Items;

    public Kept Kept => kept;

    /// <summary>The most events that a value can have that isn't in the table.</summary>
    public long Unlisted => Floor + SharedFloor;

    /// <summary>Whether a count of the table isn't exact, or a value is missing.</summary>
    public bool IsTruncated
    {
        get
        {
            var truncated = Unlisted > 0;
            foreach (ref readonly var value in Values)
                truncated |= value.Missed > 0;
            return truncated;
        }
    }

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

    protected override long SharedFloor => breakdown?.Floor ?? 0;

    /// <summary>Returns what was counted of a value, or <c>null</c> if the table doesn't have it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="missed">The most events that it can have in addition.</param>
    public Tally? Find(in TallyName value, out long missed)
    {
        var at = Search(value);
        missed = at < 0 ? Unlisted : Items[at].Missed;
        return at < 0 ? null : Items[at].Tally;
    }

    /// <summary>Counts one event.</summary>
    public void Add(string value, in Sample sample)
    {
        Total++;
        var at = FindOrAdd(value);
        Items[at].Tally.Add(sample, installs);
    }

    /// <summary>Adds events that were counted together.</summary>
    public void Add(string value, in Tally counted)
    {
        Total += counted.Events;
        var at = FindOrAdd(value);
        Items[at].Tally.MergeFrom(counted, installs);
    }

    public void MergeFrom(ValueTable other)
    {
        Total += other.Total;
        if (Count == 0)
            Reserve(other.Count);
        var (own, others) = (Unlisted, other.Unlisted);
        AddMissed(others);
        foreach (ref var value in other.Items)
        {
            var at = Search(new TallyName(value.Text, null, value.Hash));
            var missed = at < 0 ? own + value.Missed : value.Missed - others;
            if (at < 0)
                at = Append(value.Text, value.Hash);
            Items[at].Tally.MergeFrom(value.Tally, installs);
            Items[at].Missed += missed;
        }

        AddFloor(other.Floor);
        PruneIfLarge();
    }

    /// <summary>Starts loading a stored table.</summary>
    /// <param name="total">See <see cref="Total"/>.</param>
    /// <param name="values">The number of values that will be loaded.</param>
    public void Load(long total, int values)
    {
        Total = total;
        Reserve(values);
    }

    /// <summary>Loads the next stored value. The caller ensures that there is no other of the name.</summary>
    public void Load(in TallyName value, in Tally tally, long missed)
    {
        var at = Append(value.Text!, value.Hash);
        Items[at].Tally = tally;
        Items[at].Missed = missed;
    }

    /// <summary>Appends the ranks of the values in the summary over all breakdowns.</summary>
    public void AddRanks(ulong salt, List<Rank> ranks)
    {
        for (var at = 0; at < Count; at++)
            ranks.Add(RankAmongAll(salt, at));
    }

    /// <summary>Removes the values that the summary over all breakdowns evicts.</summary>
    public void KeepOnly(ulong salt, Cut cut) => RemoveWhere(at => !cut.Keeps(RankAmongAll(salt, at)));

    /// <summary>Removes the values from what the breakdowns share, because the table is evicted.</summary>
    public void Release() => AddToBreakdown(-Count);

    protected override void Evicted(Value item) => AddToBreakdown(-1);

    private Rank RankAmongAll(ulong salt, int at)
    {
        ref var value = ref Items[at];
        return new(value.Tally.Events + value.Missed - Floor, StableHash.Combine(salt, value.Hash));
    }

    private int FindOrAdd(string value)
    {
        // Consecutive events usually have the same value, and then the same string instance.
        if (_latest < Count && ReferenceEquals(Items[_latest].Text, value))
            return _latest;
        var name = TallyName.Value(value);
        var at = Search(name);
        if (at >= 0)
            return _latest = at;
        PruneBeforeAppend();
        at = Append(value, name.Hash);
        Items[at].Missed = Unlisted;
        return _latest = at;
    }

    private int Append(string text, ulong hash)
    {
        AddToBreakdown(1);
        return Append(new Value(text, hash, kept));
    }

    private void AddToBreakdown(int values)
    {
        if (breakdown is not null)
            breakdown.Values += values;
    }
}
