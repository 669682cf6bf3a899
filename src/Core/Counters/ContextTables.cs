using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>One <see cref="ValueTable"/> for each <see cref="ContextDimension"/>.</summary>
internal sealed class ContextTables
{
    public const int Count = 6;

    private readonly ValueTable[] _tables = new ValueTable[Count];

    public ContextTables(Func<ContextDimension, Kept> kept, RollupBounds bounds)
    {
        for (var i = 0; i < Count; i++)
            _tables[i] = new ValueTable(kept((ContextDimension)i), bounds);
    }

    public ReadOnlySpan<ValueTable> All => _tables;

    public ValueTable this[ContextDimension dimension] => _tables[(int)dimension];

    /// <summary>The number of values in all tables.</summary>
    public int Values
    {
        get
        {
            var values = 0;
            foreach (var table in _tables)
                values += table.Values.Length;
            return values;
        }
    }

    public long EstimatedBytes
    {
        get
        {
            long bytes = 24 + (8 * Count);
            foreach (var table in _tables)
                bytes += table.EstimatedBytes;
            return bytes;
        }
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
            _tables[i].MergeFrom(other._tables[i]);
    }

    private void Add(ContextDimension dimension, string? value, in Sample sample) =>
        _tables[(int)dimension].Add(value ?? NoValue.Name, sample);

    private void Add(ContextDimension dimension, string? value, in Tally counted) =>
        _tables[(int)dimension].Add(value ?? NoValue.Name, counted);
}
