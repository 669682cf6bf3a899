using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Rollups;

/// <summary>One count over the days with events.</summary>
/// <param name="project">The project.</param>
/// <param name="environment">Live or test.</param>
/// <param name="count">What to count.</param>
/// <param name="states">The days with events, with what they contained.</param>
internal sealed class CountJob(
    ProjectRef project, DataEnvironment environment, EventCount count, IReadOnlyDictionary<DateOnly, CountedDays.DayState> states)
{
    private readonly Dictionary<DateOnly, EventTable> _tables = [];

    public ProjectRef Project => project;

    public DataEnvironment Environment => environment;

    public EventCount Count => count;

    /// <summary>See <see cref="EventCount.Key"/>.</summary>
    public string Key { get; } = count.Key;

    public IReadOnlyDictionary<DateOnly, EventTable> Tables => _tables;

    /// <summary>The groups of a day that are kept.</summary>
    public int Bound { get; } = EventCounter.GroupsOf(states.Count);

    /// <summary>The days that are not counted yet.</summary>
    public IEnumerable<DateOnly> Missing => states.Keys.Where(IsMissing);

    /// <summary>Returns whether a day must be counted.</summary>
    public bool IsMissing(DateOnly day) => states.ContainsKey(day) && !_tables.ContainsKey(day);

    /// <summary>Takes what is cached. Returns whether nothing is missing.</summary>
    public bool TryTakeAll(CountedDays cache)
    {
        foreach (var day in Missing.ToList())
        {
            if (cache.Find(KeyOf(day), states[day]) is { } table && (table.Floor == 0 || table.Bound >= Bound))
                _tables.Add(day, table);
        }

        return _tables.Count == states.Count;
    }

    /// <summary>Adds a counted day.</summary>
    public void Add(DateOnly day, EventTable table, CountedDays cache)
    {
        _tables.Add(day, table);
        cache.Add(KeyOf(day), states[day], table);
    }

    private CountedDays.DayKey KeyOf(DateOnly day) => new(project.ProjectId, environment, day, Key);
}
