using System.Runtime.InteropServices;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>The result of a count: a table for each day of its ranges. Days without events have none.</summary>
public sealed class EventTables
{
    private readonly IReadOnlyDictionary<DateOnly, EventTable> _days;

    internal EventTables(IEnumerable<DayRange> ranges, IReadOnlyDictionary<DateOnly, EventTable> days) =>
        (Ranges, _days) = (DayRange.Union(ranges), days);

    /// <summary>The days that were counted.</summary>
    public IReadOnlyList<DayRange> Ranges { get; }

    /// <summary>Counts events that are in memory, for tests.</summary>
    internal static EventTables Of(
        EventCount count, IEnumerable<DayRange> ranges, IEnumerable<EventBatch> batches, int bound = EventCounter.GroupsPerDay)
    {
        var counter = new EventCounter(count, bound);
        foreach (var batch in batches)
            counter.Add(batch);
        return new(ranges, counter.Build());
    }

    /// <summary>Returns the sums of all groups together over days; of events with several values, each value counts.</summary>
    internal GroupTotals Sum(DateOnly from, DateOnly to)
    {
        var sum = new GroupTotals();
        foreach (var table in Between(from, to))
        {
            foreach (var group in table.Groups.Values)
                sum.Add(group);
        }

        return sum;
    }

    /// <summary>Returns the groups of days, merged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A day wasn't counted.</exception>
    internal MergedGroups Merge(DateOnly from, DateOnly to)
    {
        var groups = new Dictionary<GroupKey, GroupTotals>();
        var tables = Between(from, to);
        foreach (var table in tables)
        {
            foreach (var (key, group) in table.Groups)
            {
                ref var totals = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _);
                (totals ??= new()).Add(group);
                // Of the tables that have the group, nothing is missing but what the group itself says.
                totals.AddMissed(-table.Floor);
            }
        }

        var floor = tables.Sum(table => table.Floor);
        foreach (var totals in groups.Values)
            totals.AddMissed(floor);
        return new(groups, tables.Sum(table => table.Total), floor);
    }

    private List<EventTable> Between(DateOnly from, DateOnly to)
    {
        if (from <= to && !Ranges.Any(range => range.Contains(new DayRange(from, to))))
            throw new ArgumentOutOfRangeException(nameof(from), from, $"The days to {to:O} were not counted.");
        var tables = new List<EventTable>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (_days.TryGetValue(day, out var table))
                tables.Add(table);
        }

        return tables;
    }
}

/// <summary>The groups of several days.</summary>
/// <param name="Groups">The groups.</param>
/// <param name="Total">The events of all groups, including those that the tables didn't keep.</param>
/// <param name="Floor">The most events of a group that no table kept; 0 if there is none.</param>
internal sealed record MergedGroups(IReadOnlyDictionary<GroupKey, GroupTotals> Groups, long Total, long Floor)
{
    /// <summary>The groups, most events first.</summary>
    public IEnumerable<KeyValuePair<GroupKey, GroupTotals>> Ordered =>
        Groups.OrderByDescending(group => group.Value.Events).ThenBy(group => group.Key);

    /// <summary>Returns the most events that a group can have that isn't listed; 0 if the tables kept all groups.</summary>
    public long UnlistedMax(IReadOnlySet<GroupKey> listed) =>
        Floor == 0
            ? 0
            : Groups.Where(group => !listed.Contains(group.Key)).Select(group => group.Value.EventsMax).Append(Floor).Max();
}
