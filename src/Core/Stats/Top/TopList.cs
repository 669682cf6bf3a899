using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;

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
        long total = 0;
        foreach (var rollup in rollups)
            total += AddRollup(rollup);
        var buckets = new long[DurationBuckets.Count];
        var items = _values.OrderByDescending(v => v.Value.Events).ThenBy(v => v.Key, StringComparer.Ordinal).Take(limit)
            .Select(v => Item(v.Key, v.Value, buckets)).ToList();
        return new TopAnswer(by.Name, total, total - items.Sum(item => item.Events), items, Accuracy.Exact);
    }

    private static TopItem Item(string value, Totals totals, long[] buckets)
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
            totals.LastSeen);
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
            return Add(rollup.Context[dimension]);
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Selects(subject) && subject.Context is not null)
                total += Add(subject.Context[dimension]);
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

    /// <summary>
    /// Adds the values of a table, or only the value that a filter on the same dimension selects. Returns the number of events.
    /// </summary>
    private long Add(ValueTable table)
    {
        if ((query.Version ?? query.Actor) is { } text)
            return Add(text, table.Find(TallyName.Value(text)));
        foreach (ref readonly var value in table.Values)
            AddTally(value.Text, value.Tally);
        return table.Total;
    }

    private void AddTally(string value, in Tally tally)
    {
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, value, out _);
        (totals ??= new Totals()).Add(tally);
    }
}
