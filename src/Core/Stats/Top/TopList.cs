using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>A top list.</summary>
internal sealed class TopList(StatsQuery query, Dimension by)
{
    private readonly Selection _selection = new(query);
    // By text and not by stable hash: names are untrusted, and anybody can construct collisions of a hash without a key.
    private readonly Dictionary<string, Totals> _values = [];
    private readonly TallyName _key = by.MetadataKey is { } key ? TallyName.Value(key) : default;

    public TopAnswer Compute(List<Rollup> rollups, int limit)
    {
        long total = 0;
        foreach (var rollup in rollups)
            total += Find(rollup);
        var buckets = new long[DurationBuckets.Count];
        var items = _values.OrderByDescending(v => v.Value.Events).ThenBy(v => v.Key, StringComparer.Ordinal).Take(limit)
            .Select(v => Item(v.Key, v.Value, buckets)).ToList();
        return new TopAnswer(by.Name, total, total - items.Sum(item => item.Events), items);
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

    /// <summary>Adds the values of one rollup, and returns the number of their events together with those of values that are not kept.</summary>
    private long Find(Rollup rollup)
    {
        if (by.Context is { } dimension)
            return FindContext(rollup, dimension);
        if (by.MetadataKey is not null)
            return FindMetadata(rollup);
        return by.SubjectsOf is null ? FindTypes(rollup) : FindSubjects(rollup, by.SubjectsOf);
    }

    private long FindContext(Rollup rollup, ContextDimension dimension)
    {
        if (!_selection.IsBySubject)
            return Take(rollup.Context[dimension]);
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Chooses(subject) && subject.Context is not null)
                total += Take(subject.Context[dimension]);
        }

        return total;
    }

    private long FindMetadata(Rollup rollup)
    {
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Chooses(subject) && subject.Metadata?.Find(_key) is { } table)
                total += Take(table);
        }

        return total;
    }

    private long FindTypes(Rollup rollup)
    {
        if (!query.HasFilters)
            return Take(rollup.Types);
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (_selection.Chooses(subject))
                total += Take(subject.Name.Type!, _selection.Narrow(subject.All, subject.Context));
        }

        return total;
    }

    private long FindSubjects(Rollup rollup, string type)
    {
        if (query.Type is not null && query.Type != type)
            return 0;
        long total = 0;
        foreach (var subject in rollup.Subjects)
        {
            if (subject.Name.Type != type || !_selection.Chooses(subject))
                continue;
            var tally = _selection.Narrow(subject.All, subject.Context);

            // Events of the type without a subject are in the total, and so under other.
            total += query.NameOf(subject.Name.Text) is { } name ? Take(name, tally) : tally?.Events ?? 0;
        }

        // Without another filter, the type itself knows better: it has the events of subjects that are not kept.
        var whole = query is { Subject: null, Version: null, Actor: null } ? rollup.Types.Find(TallyName.Value(type))?.Events : null;
        return whole ?? total;
    }

    private long Take(string value, Tally? tally)
    {
        if (tally is null)
            return 0;
        Add(value, tally.Value);
        return tally.Value.Events;
    }

    /// <summary>Takes a table, or the one value of it that a filter on the very same dimension leaves.</summary>
    private long Take(ValueTable table)
    {
        if ((query.Version ?? query.Actor) is { } text)
            return Take(text, table.Find(TallyName.Value(text)));
        foreach (ref readonly var value in table.Values)
            Add(value.Text, value.Tally);
        return table.Total;
    }

    private void Add(string value, in Tally tally)
    {
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, value, out _);
        (totals ??= new Totals()).Add(tally);
    }
}
