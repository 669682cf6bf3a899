using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>Computes a top list from rollups.</summary>
internal sealed class TopList(StatsQuery query, Dimension by)
{
    private readonly Selection _selection = new(query);
    // By text and not by stable hash: names are untrusted, and collisions of a hash without a key can be crafted.
    private readonly Dictionary<string, Totals> _values = [];
    private readonly TallyName _key = by.MetadataKey is { } key ? TallyName.Value(key) : default;

    public TopAnswer Compute(IReadOnlyList<Rollup> rollups, int limit)
    {
        var total = AddRollups(rollups);
        var errors = Errors(rollups);
        var buckets = new long[DurationBuckets.Count];
        var items = _values.OrderByDescending(v => v.Value.Events).ThenBy(v => v.Key, StringComparer.Ordinal).Take(limit)
            .Select(v => Item(v.Key, v.Value, errors(v.Key), buckets)).ToList();
        return new TopAnswer(by.Name, total, total - items.Sum(item => item.Events), items);
    }

    private static TopItem Item(string value, Totals totals, long? errors, long[] buckets)
    {
        var timed = totals.CountDurations(buckets);
        return new TopItem(
            value,
            totals.Events,
            totals.Installs,
            totals.Failures,
            totals.SuccessRate,
            timed ? Rounded.Milliseconds(DurationBuckets.Quantile(buckets, 0.5)) : null,
            timed ? Rounded.Milliseconds(DurationBuckets.Quantile(buckets, 0.95)) : null,
            totals.FirstSeen,
            totals.LastSeen)
        {
            Errors = errors,
        };
    }

    private long AddRollups(IReadOnlyList<Rollup> rollups)
    {
        long total = 0;
        foreach (var rollup in rollups)
            total += AddRollup(rollup);
        return total;
    }

    /// <summary>Returns a function that returns the errors of a value: the list of the same dimension, of errors only.</summary>
    private Func<string, long?> Errors(IReadOnlyList<Rollup> rollups)
    {
        if (ErrorCounts.OnlyErrors(query) is not { } only)
            return static _ => 0;
        var isBrokenDown = by.Context is not null || by.MetadataKey is not null || query.Version is not null || query.Actor is not null;
        if (isBrokenDown && !ErrorCounts.AreComplete(rollups))
            return static _ => null;
        var errors = new TopList(only, by);
        errors.AddRollups(rollups);
        return value => errors._values.GetValueOrDefault(value)?.Events ?? 0;
    }

    /// <summary>Adds the values of one rollup. Returns the number of events, including those whose values are not kept.</summary>
    private long AddRollup(Rollup rollup)
    {
        if (by.Context is { } dimension)
            return AddContext(rollup, dimension);
        if (by.MetadataKey is not null)
            return AddMetadata(rollup);
        return by.SubjectsOf is null ? AddTypes(rollup) : AddSubjects(rollup, by.SubjectsOf);
    }

    private long AddContext(Rollup rollup, ContextDimension dimension)
    {
        if (!_selection.IsBySubject)
            return Add(rollup.Context[dimension], rollup.Day);
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Selects(subject) && subject.Context is not null)
                total += Add(subject.Context[dimension], subject.All);
        }

        return total;
    }

    private long AddMetadata(Rollup rollup)
    {
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Selects(subject) && subject.Metadata?.Find(_key) is { } table)
                total += Add(table);
        }

        return total;
    }

    private long AddTypes(Rollup rollup)
    {
        if (!query.HasFilters)
            return Add(rollup.Types);
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Selects(subject))
                total += Add(subject.Name.Type!, _selection.Narrow(subject.All, subject.Context));
        }

        return total;
    }

    private long AddSubjects(Rollup rollup, string type)
    {
        if (query.Type is not null && query.Type != type)
            return 0;
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (subject.Name.Type != type || !_selection.Selects(subject))
                continue;
            var tally = _selection.Narrow(subject.All, subject.Context);

            // Events of the type without a subject count in the total, and so as other.
            total += query.NameOf(subject.Name.Text) is { } name ? Add(name, tally) : tally?.Events ?? 0;
        }

        // Without another filter, the type's own total is complete: it includes the events of subjects that are not kept.
        var whole = query is { Subject: null, Version: null, Actor: null } ? rollup.Types.Find(TallyName.Value(type))?.Events : null;
        return whole ?? total;
    }

    private long Add(string value, Tally? tally)
    {
        if (tally is null)
            return 0;
        AddTally(value, tally.Value);
        return tally.Value.Events;
    }

    /// <summary>Adds the values of a table. Returns the number of events.</summary>
    private long Add(ValueTable table)
    {
        foreach (ref readonly var value in table.Values)
            AddTally(value.Text, value.Tally);
        return table.Total;
    }

    /// <summary>
    /// Adds the values of a dimension of the context, including the row of the events without a value. Returns the number of events.
    /// </summary>
    private long Add(ValueTable table, in Tally parent)
    {
        if ((query.Version ?? query.Actor) is { } text)
            return Add(text, Unvalued.Find(table, TallyName.Value(text), parent));
        foreach (ref readonly var value in table.Values)
        {
            if (value.Text != NoValue.Name)
                AddTally(NameOf(value.Text), value.Tally);
        }

        if (Unvalued.Find(table, parent) is { } unvalued)
            AddTally(NoValue.Name, unvalued);
        return Math.Max(parent.Events, table.Total);
    }

    /// <summary>Returns the name of a value without differences in case that rollups from before names were normalised have.</summary>
    private string NameOf(string value) =>
        by.Context is { } dimension && ContextNames.IgnoreCase(dimension) ? ContextNames.Normalised(value) : value;

    private void AddTally(string value, in Tally tally)
    {
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, value, out _);
        (totals ??= new Totals()).Add(tally);
    }
}
