using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The values of a dimension, of the events that pass the filters.</summary>
/// <param name="Top">The question with its options.</param>
internal sealed record TopFromEvents(TopQuestion Top) : EventQuestion<TopAnswer>(Top.Query)
{
    public override IReadOnlyList<DayRange> Ranges
    {
        get
        {
            if (Top.Unused)
                return [new(Query.To.AddDays(1 - Limits.QueryDays), Query.To)];
            return Top.Compared is { } compared ? [.. base.Ranges, compared] : base.Ranges;
        }
    }

    public override IReadOnlyList<EventCount> Counts => [Query.Count(Top.By.Field) with { Combinations = Top.Combinations }];

    public override TopAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var merged = counted[0].Merge(Query.From, Query.To);
        if (Top.Unused)
            return Unused(merged, counted[0].Merge(Query.To.AddDays(1 - Limits.QueryDays), Query.From.AddDays(-1)));
        var listed = merged.Ordered(Top.Group).Take(Top.Limit).ToList();
        var compared = Top.Compared is { } range ? counted[0].Merge(range.From, range.To) : null;
        var before = compared?.Ordered(Top.Group).ToDictionary();
        var items = listed.ConvertAll(group => Item(group.Key.Text, group.Value));
        if (before is not null)
            items = items.Zip(listed, (item, group) => Compare(item, before.GetValueOrDefault(group.Key))).ToList();
        var accuracy = Estimates.AccuracyOf(
            listed.Select(group => group.Value).Concat(before?.Values ?? Enumerable.Empty<GroupTotals>()),
            Math.Max(UnlistedMax(merged, listed), compared?.Floor ?? 0));
        return Answer(merged.Total, items, accuracy);
    }

    // Groups of versions consist of several groups of the tables, so for them only the floor is known.
    private long UnlistedMax(MergedGroups merged, List<KeyValuePair<GroupKey, GroupTotals>> listed) =>
        Top.Group == VersionGroup.None ? merged.UnlistedMax(listed.Select(group => group.Key).ToHashSet()) : merged.Floor;

    private static TopItem Item(string value, GroupTotals totals) => new(
        value,
        totals.Events,
        totals.Installs.Count,
        totals.Failures,
        totals.SuccessRate(),
        totals.Milliseconds(0.5),
        totals.Milliseconds(0.95),
        totals.FirstSeen,
        totals.LastSeen)
    {
        Errors = totals.Errors,
        EventsMax = totals.UpperEnd(),
    };

    private static TopItem Compare(TopItem item, GroupTotals? before) => item with
    {
        ComparedEvents = before?.Events ?? 0,
        ComparedInstalls = before?.Installs.Count ?? 0,
        ComparedFailures = before?.Failures ?? 0,
        ComparedSuccessRate = before?.SuccessRate(),
        ComparedP50Ms = before?.Milliseconds(0.5),
        ComparedP95Ms = before?.Milliseconds(0.95),
    };

    /// <summary>Lists the values that were seen before the range but not in it, those of the latest events first.</summary>
    private TopAnswer Unused(MergedGroups range, MergedGroups before)
    {
        var unused = before.Groups.Where(group => group.Key.First is not null && !range.Groups.ContainsKey(group.Key))
            .OrderByDescending(group => group.Value.LastSeen).ThenBy(group => group.Key).ToList();
        var listed = unused.Take(Top.Limit).ToList();
        // A value that the tables of the range didn't keep may have been seen in it.
        var accuracy = Estimates.AccuracyOf(listed.Select(group => group.Value), Math.Max(range.Floor, before.Floor));
        return Answer(unused.Sum(group => group.Value.Events), listed.ConvertAll(group => Item(group.Key.Text, group.Value)), accuracy);
    }

    private TopAnswer Answer(long total, List<TopItem> items, Accuracy accuracy) =>
        new(Top.By.Name, total, total - items.Sum(item => item.Events), items, accuracy);
}
