using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// One <see cref="ValueTable"/> for each <see cref="ContextDimension"/> ; events without a value count as <see cref="NoValue"/>.
/// </summary>
/// <param name="kept">What is counted of the values of a dimension.</param>
/// <param name="bound">The number of values that each table keeps.</param>
/// <param name="installs">The installs of the rollup.</param>
/// <param name="breakdown">What the tables of all subjects share; <c>null</c> for the tables of all events.</param>
internal sealed class ContextTables(Func<ContextDimension, Kept> kept, int bound, InstallIndex installs, Breakdown? breakdown = null)
{
    public const int Count = 6;

    private ValueTable?[] _tables = [];

    // The totals of the tables that would be empty, because all of their values were evicted: most of a full rollup's tables are.
    private long[] _totalsOfEmpty = [];

    /// <summary>The tables by dimension; <c>null</c> if no event was counted in it.</summary>
    public IEnumerable<ValueTable?> All
    {
        get
        {
            for (var i = 0; i < Count; i++)
                yield return this[(ContextDimension)i];
        }
    }

    /// <summary>Whether a count isn't exact, or a value is missing.</summary>
    public bool IsTruncated
    {
        get
        {
            var truncated = _totalsOfEmpty.Length > 0;
            foreach (var table in _tables)
                truncated |= table is { IsTruncated: true };
            return truncated;
        }
    }

    public long EstimatedBytes
    {
        get
        {
            long bytes = 80 + (8L * _tables.Length) + (8L * _totalsOfEmpty.Length);
            foreach (var table in _tables)
                bytes += table?.EstimatedBytes ?? 0;
            return bytes;
        }
    }

    public ValueTable? this[ContextDimension dimension] => Table((int)dimension) ?? Empty((int)dimension);

    /// <summary>Returns the table of a dimension, created if necessary.</summary>
    public ValueTable Of(ContextDimension dimension)
    {
        var i = (int)dimension;
        if (Table(i) is { } table)
            return table;
        if (_tables.Length == 0)
            _tables = new ValueTable?[Count];
        table = _tables[i] = Empty(i) ?? New(i);
        if (_totalsOfEmpty.Length > 0)
            _totalsOfEmpty[i] = 0;
        return table;
    }

    /// <summary>Counts one event.</summary>
    public void Add(string? version, EventContext context, in Sample sample)
    {
        Add(ContextDimension.Version, version, sample);
        Add(ContextDimension.Os, context.Os, sample);
        Add(ContextDimension.Arch, context.Arch, sample);
        Add(ContextDimension.Runtime, context.Runtime, sample);
        Add(ContextDimension.Actor, context.Actor, sample);
        Add(ContextDimension.Sdk, context.Sdk, sample);
    }

    /// <summary>Adds events of one version and context that were counted together.</summary>
    public void Add(string? version, EventContext context, in Tally counted)
    {
        Add(ContextDimension.Version, version, counted);
        Add(ContextDimension.Os, context.Os, counted);
        Add(ContextDimension.Arch, context.Arch, counted);
        Add(ContextDimension.Runtime, context.Runtime, counted);
        Add(ContextDimension.Actor, context.Actor, counted);
        Add(ContextDimension.Sdk, context.Sdk, counted);
    }

    public void MergeFrom(ContextTables other)
    {
        for (var i = 0; i < Count; i++)
        {
            if (other[(ContextDimension)i] is { } table)
                Of((ContextDimension)i).MergeFrom(table);
        }
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void Prune()
    {
        foreach (var table in _tables)
            table?.Prune();
    }

    /// <summary>Releases the memory of tables without values. Their totals remain.</summary>
    public void RemoveEmpty()
    {
        var used = 0;
        for (var i = 0; i < _tables.Length; i++)
        {
            if (_tables[i] is { Count: 0, Floor: 0, Total: > 0 } empty)
            {
                if (_totalsOfEmpty.Length == 0)
                    _totalsOfEmpty = new long[Count];
                _totalsOfEmpty[i] = empty.Total;
                _tables[i] = null;
            }

            used += _tables[i] is null ? 0 : 1;
        }

        if (used == 0)
            _tables = [];
    }

    private ValueTable? Table(int i) => _tables.Length == 0 ? null : _tables[i];

    private ValueTable New(int i) => new(kept((ContextDimension)i), bound, installs, breakdown);

    /// <summary>Creates a table without values, or returns <c>null</c> if no event has a value.</summary>
    private ValueTable? Empty(int i)
    {
        if (_totalsOfEmpty.Length == 0 || _totalsOfEmpty[i] == 0)
            return null;
        var table = New(i);
        table.Load(_totalsOfEmpty[i], 0);
        return table;
    }

    private void Add(ContextDimension dimension, string? value, in Sample sample) => Of(dimension).Add(value ?? NoValue.Name, sample);

    private void Add(ContextDimension dimension, string? value, in Tally counted) => Of(dimension).Add(value ?? NoValue.Name, counted);
}
