using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>One <see cref="ValueTable"/> for each <see cref="ContextDimension"/> ; events without a value count as <see cref="NoValue"/>.</summary>
/// <param name="kept">What is counted of the values of a dimension.</param>
/// <param name="bound">The number of values that each table keeps.</param>
/// <param name="installs">The installs of the rollup.</param>
/// <param name="breakdown">What the tables of all subjects share; <c>null</c> for the tables of all events.</param>
internal sealed class ContextTables(Func<ContextDimension, Kept> kept, int bound, InstallIndex installs, Breakdown? breakdown = null)
{
    public const int Count = 6;

    private readonly ValueTable?[] _tables = new ValueTable?[Count];

    /// <summary>The tables by dimension; <c>null</c> if no event was counted in it.</summary>
    public ReadOnlySpan<ValueTable?> All => _tables;

    /// <summary>Whether a count isn't exact, or a value is missing.</summary>
    public bool IsTruncated
    {
        get
        {
            var truncated = false;
            foreach (var table in _tables)
                truncated |= table is { IsTruncated: true };
            return truncated;
        }
    }

    public long EstimatedBytes
    {
        get
        {
            long bytes = 80 + (8 * Count);
            foreach (var table in _tables)
                bytes += table?.EstimatedBytes ?? 0;
            return bytes;
        }
    }

    public ValueTable? this[ContextDimension dimension] => _tables[(int)dimension];

    /// <summary>Returns the table of a dimension, created if necessary.</summary>
    public ValueTable Of(ContextDimension dimension) =>
        _tables[(int)dimension] ??= new ValueTable(kept(dimension), bound, installs, breakdown);

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
            if (other._tables[i] is { } table)
                Of((ContextDimension)i).MergeFrom(table);
        }
    }

    /// <summary>Evicts what exceeds the bounds.</summary>
    public void Prune()
    {
        foreach (var table in _tables)
            table?.Prune();
    }

    private void Add(ContextDimension dimension, string? value, in Sample sample) => Of(dimension).Add(value ?? NoValue.Name, sample);

    private void Add(ContextDimension dimension, string? value, in Tally counted) => Of(dimension).Add(value ?? NoValue.Name, counted);
}
