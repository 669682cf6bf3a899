using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>Counts a stream of events into a table for each day.</summary>
internal sealed class EventCounter
{
    /// <summary>The groups of a day that are kept. Most questions have fewer than a hundred.</summary>
    public const int GroupsPerDay = 4_096;

    private const int FewestGroupsPerDay = 256;
    private const int GroupsPerAnswer = 262_144;

    private const string Separator = ", ";

    private readonly EventCount _count;
    private readonly int _bound;
    private readonly EventPredicate _filters;
    private readonly FieldReader[] _by;
    private readonly List<string?>[] _values;
    private readonly Dictionary<DateOnly, EventTable> _days = [];
    private DateOnly _day;
    private EventTable? _table;

    public EventCounter(EventCount count, int bound = GroupsPerDay)
    {
        if (count.By.Count > EventCount.MaxFields)
            throw new ArgumentException("Events are grouped by at most three fields.", nameof(count));
        (_count, _bound) = (count, bound);
        _filters = new(count.Filters, count.Aliases);
        _by = [.. count.By.Select(field => new FieldReader(field, count.Aliases))];
        _values = [.. count.By.Select(_ => new List<string?>())];
    }

    /// <summary>Returns the groups of a day that are kept if so many days are counted, which bounds the memory of an answer.</summary>
    public static int GroupsOf(int days) => Math.Clamp(GroupsPerAnswer / Math.Max(1, days), FewestGroupsPerDay, GroupsPerDay);

    /// <summary>The parts of events that are read.</summary>
    public EventParts Parts => _by.Aggregate(_filters.Parts, (parts, reader) => parts | reader.Parts);

    /// <summary>Counts the events of a batch that pass the filters.</summary>
    public void Add(EventBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (_filters.Passes(batch, i))
                AddGroups(TableOf(RollupsByDay.DayOf(batch.Timestamp[i])), batch, i);
        }
    }

    /// <summary>Ends counting and returns the tables of the days with events.</summary>
    public IReadOnlyDictionary<DateOnly, EventTable> Build()
    {
        foreach (var table in _days.Values)
            table.Freeze();
        return _days;
    }

    private EventTable TableOf(DateOnly day)
    {
        if (_table is not null && _day == day)
            return _table;
        if (!_days.TryGetValue(day, out var table))
            _days.Add(day, table = new EventTable(_bound));
        (_day, _table) = (day, table);
        return table;
    }

    private void AddGroups(EventTable table, EventBatch batch, int index)
    {
        if (_by.Length == 0)
        {
            table.Add(default, batch, index, _count.Hours);
            return;
        }

        for (var f = 0; f < _by.Length; f++)
            Take(_by[f].Read(batch, index), _values[f]);
        foreach (var first in _values[0])
        {
            if (_by.Length == 1)
            {
                table.Add(new(first), batch, index, _count.Hours);
                continue;
            }

            foreach (var second in _values[1])
                AddThird(table, first, second, batch, index);
        }
    }

    private void AddThird(EventTable table, string? first, string? second, EventBatch batch, int index)
    {
        if (_by.Length == 2)
        {
            table.Add(new(first, second), batch, index, _count.Hours);
            return;
        }

        foreach (var third in _values[2])
            table.Add(new(first, second, third), batch, index, _count.Hours);
    }

    /// <summary>Takes the values to group by: <c>null</c> if there are none, and one text for all of them with combinations.</summary>
    private void Take(List<string> read, List<string?> values)
    {
        values.Clear();
        if (read.Count == 0)
        {
            values.Add(null);
        }
        else if (_count.Combinations && read.Count > 1)
        {
            read.Sort(StringComparer.Ordinal);
            values.Add(string.Join(Separator, read));
        }
        else
        {
            values.AddRange(read);
        }
    }
}
