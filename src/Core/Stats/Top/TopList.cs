using System.Runtime.InteropServices;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>Computes a top list from rollups.</summary>
internal sealed class TopList(StatsQuery query, Dimension by)
{
    private readonly Selection _selection = new(query);
    private readonly Dictionary<string, Totals> _values = [];
    private readonly TallyName _key = by.MetadataKey is { } key ? TallyName.Value(key) : default;

    // The most events of a value that no table has. Of a value that some tables have, Totals.Missed is relative to it.
    private long _unlisted;

    // The most events by which the total may be too low, because the filters select a name that a table may have evicted.
    private long _missedOfTotal;

    public TopAnswer Compute(IReadOnlyList<Rollup> rollups, InstallUnion union, int limit)
    {
        var total = AddRollups(rollups);
        var errors = Errors(rollups);
        var buckets = new long[DurationBuckets.Count];
        var ordered = _values.OrderByDescending(v => v.Value.Events).ThenBy(v => v.Key, StringComparer.Ordinal).ToList();
        var items = ordered.Take(limit).Select(v => Item(v.Key, v.Value, errors(v.Key), union, buckets)).ToList();
        long? known = total == 0 && _missedOfTotal > 0 ? null : total;
        var accuracy = Accuracy.Of(union.RelativeError, MostUnlisted(ordered, limit));
        return new TopAnswer(by.Name, known, known - items.Sum(item => item.Events), items, accuracy);
    }

    /// <summary>Adds the figures of another range to each item of an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="rollups">The rollups of the other range.</param>
    /// <param name="union">The installs of the other range.</param>
    public TopAnswer Compare(TopAnswer answer, IReadOnlyList<Rollup> rollups, InstallUnion union)
    {
        AddRollups(rollups);
        var buckets = new long[DurationBuckets.Count];
        var items = answer.Items.Select(item => Compare(item, _values.GetValueOrDefault(item.Value), union, buckets)).ToList();
        var missed = answer.Items.Select(item => _unlisted + (_values.GetValueOrDefault(item.Value)?.Missed ?? 0)).DefaultIfEmpty().Max();
        return answer with { Items = items, Accuracy = Accuracy.Worse(answer.Accuracy, Accuracy.Of(union.RelativeError, missed)) };
    }

    private static TopItem Compare(TopItem item, Totals? before, InstallUnion union, long[] buckets)
    {
        var (p50, p95) = before?.Percentiles(buckets) ?? default;
        return item with
        {
            ComparedEvents = before?.Events ?? 0,
            ComparedInstalls = before is null ? 0 : before.Installs(union),
            ComparedFailures = before?.Failures ?? 0,
            ComparedSuccessRate = before?.SuccessRate,
            ComparedP50Ms = p50,
            ComparedP95Ms = p95,
        };
    }

    /// <summary>Returns the most events of a value that isn't listed; 0 if the list isn't truncated by a bound of the counters.</summary>
    private long MostUnlisted(List<KeyValuePair<string, Totals>> ordered, int limit)
    {
        if (_unlisted == 0 && !ordered.Exists(v => v.Value.Missed > 0))
            return 0;
        var ofCut = ordered.Skip(limit).Select(v => v.Value.Events + v.Value.Missed).DefaultIfEmpty().Max();
        return Math.Max(1, _unlisted + ofCut);
    }

    private TopItem Item(string value, Totals totals, long? errors, InstallUnion union, long[] buckets)
    {
        var (p50, p95) = totals.Percentiles(buckets);
        var missed = totals.Missed + _unlisted;
        return new TopItem(
            value,
            totals.Events,
            totals.Installs(union),
            totals.Failures,
            totals.SuccessRate,
            p50,
            p95,
            totals.FirstSeen,
            totals.LastSeen)
        {
            Errors = errors,
            EventsMax = missed > 0 ? totals.Events + missed : null,
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
        if (by.IsOfTypes)
            return value => value == EventTypes.Error ? _values[value].Events : 0;
        if (by.SubjectsOf is not null || ErrorCounts.OnlyErrors(query) is not { } only)
            return static _ => 0;
        var errors = new TopList(only, by);
        errors.AddRollups(rollups);
        return value => errors._values.TryGetValue(value, out var found)
            ? found.Missed + errors._unlisted > 0 ? null : found.Events
            : errors._unlisted > 0 ? null : 0;
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
            return AddContext(rollup.Context[dimension], rollup.Day);
        long total = 0;
        foreach (var (subject, missed) in SelectedSubjects(rollup))
        {
            total += AddContext(subject.Context[dimension], subject.All);
            AddUnlisted(missed);
        }

        return total;
    }

    private long AddMetadata(Rollup rollup)
    {
        long total = 0;
        foreach (var (subject, missed) in SelectedSubjects(rollup))
        {
            var key = subject.Metadata.Find(_key);
            total += Add(key);
            AddUnlisted(missed + (key?.Missed ?? subject.Metadata.Floor));
        }

        return total;
    }

    private long AddTypes(Rollup rollup)
    {
        if (!query.HasFilters)
            return Add(rollup.Types);
        long total = 0;
        foreach (var (subject, missed) in SelectedSubjects(rollup))
            total += AddNarrowed(subject.Name.Type!, subject, missed);
        return total;
    }

    private long AddSubjects(Rollup rollup, string type)
    {
        if ((query.Type is not null && query.Type != type) || rollup.SubjectTable.Summary(SubjectTable.NumberOf(type)) is not { } summary)
            return 0;
        if (query is { Subject: null, Version: null, Actor: null })
        {
            AddAll(summary);
            return summary.Total;
        }

        long total = 0;
        foreach (var (subject, missed) in SelectedSubjects(rollup))
        {
            if (subject.Name.Type == type)
                total += AddNarrowed(ReportedName(subject), subject, missed);
        }

        return total;
    }

    /// <summary>Adds all subjects of a type. Several may be reported under one name.</summary>
    private void AddAll(SubjectSummary summary)
    {
        var isRenamed = query.Aliases is not null;
        foreach (var subject in summary.Items)
        {
            // Earlier rollups also have subjects that are literally the name of no value.
            var isOnlyName = !isRenamed && subject.Name.Text != NoValue.Name;
            AddTally(ReportedName(subject), subject.All, subject.Missed - (isOnlyName ? summary.Floor : 0));
        }

        var mostNames = isRenamed ? 1 + query.Aliases!.Values.GroupBy(name => name).Max(group => group.Count()) : 1;
        _unlisted += summary.Floor * mostNames;
    }

    private string ReportedName(SubjectTally subject) => query.NameOf(subject.Name.Text) ?? NoValue.Name;

    private List<(SubjectTally Subject, long Missed)> SelectedSubjects(Rollup rollup)
    {
        var subjects = _selection.Subjects(rollup, out var unlisted);
        AddUnlisted(unlisted);
        return subjects;
    }

    private void AddUnlisted(long events)
    {
        _unlisted += events;
        _missedOfTotal += events;
    }

    /// <summary>Adds the part of a subject that passes the filter by version or actor. Returns its events.</summary>
    private long AddNarrowed(string value, SubjectTally subject, long missed)
    {
        var tally = _selection.Narrow(subject.All, subject.Context, out var inTable);
        AddUnlisted(missed + inTable);
        if (tally is null)
            return 0;
        AddTally(value, tally.Value, 0);
        return tally.Value.Events;
    }

    /// <summary>
    /// Adds the values of a dimension, including the row of the events without a value, or only the value that a filter on the same
    /// dimension selects. Returns the number of events.
    /// </summary>
    private long AddContext(ValueTable? table, in Tally parent)
    {
        if ((query.Version ?? query.Actor) is { } text)
            return AddOne(table, text, parent);
        var unlisted = table?.Unlisted ?? 0;
        foreach (ref readonly var value in table is null ? default : table.Values)
        {
            if (value.Text == NoValue.Name)
                continue;
            // The unlisted events of the table are part of those of the list, but only once if two of its values are one name.
            var name = NameOf(value.Text);
            AddTally(name, value.Tally, value.Missed - (name == value.Text ? unlisted : 0));
        }

        if (Unvalued.Find(table, parent, out var missed) is { } unvalued)
            AddTally(NoValue.Name, unvalued, missed - unlisted);
        _unlisted += unlisted;
        return Math.Max(parent.Events, table?.Total ?? 0);
    }

    /// <summary>Returns the name of a value without differences in case that rollups from before names were normalised have.</summary>
    private string NameOf(string value) =>
        by.Context is not null && ContextNames.IgnoreCase(by.Name) ? ContextNames.Normalised(value) : value;

    /// <summary>Adds the values of a table. Returns the number of events.</summary>
    private long Add(ValueTable? table)
    {
        if (table is null)
            return 0;
        foreach (ref readonly var value in table.Values)
            AddTally(value.Text, value.Tally, value.Missed - table.Unlisted);
        _unlisted += table.Unlisted;
        return table.Total;
    }

    private long AddOne(ValueTable? table, string text, in Tally parent)
    {
        var tally = Unvalued.Find(table, TallyName.Value(text), parent, out var missed);
        AddUnlisted(missed);
        if (tally is null)
            return 0;
        AddTally(text, tally.Value, 0);
        return tally.Value.Events;
    }

    private void AddTally(string value, in Tally tally, long missed)
    {
        ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, value, out _);
        (totals ??= new Totals()).Add(tally, missed);
    }
}
