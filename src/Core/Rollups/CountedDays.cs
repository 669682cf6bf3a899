using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Caches the tables of days that were counted from events, in one process. A table is found only under the content that its day had when
/// it was counted. If a bound is exceeded, the tables that weren't used for the longest time are removed.
/// </summary>
/// <param name="bytes">The memory of all tables.</param>
/// <param name="bytesOfProject">The memory of one project's tables.</param>
internal sealed class CountedDays(long bytes = Limits.CountedDaysBytes, long bytesOfProject = Limits.CountedDaysBytesOfProject)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DayKey, LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<Guid, LinkedList<Entry>> _projects = [];
    private readonly Dictionary<Guid, long> _bytesOfProjects = [];
    private long _bytes;

    /// <summary>Bytes of memory in use, estimated.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Returns the table of a day, or <c>null</c> if it isn't cached or if the day has changed.</summary>
    public EventTable? Find(DayKey key, DayState state)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
                return null;
            if (node.Value.State != state)
            {
                Remove(node);
                return null;
            }

            var list = node.List!;
            list.Remove(node);
            list.AddFirst(node);
            return node.Value.Table;
        }
    }

    /// <summary>Adds the table of a day.</summary>
    public void Add(DayKey key, DayState state, EventTable table)
    {
        var entry = new Entry(key, state, table, table.EstimatedBytes + (2L * key.Question.Length) + 200);
        if (entry.Bytes > bytesOfProject)
            return;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var former))
                Remove(former);
            if (!_projects.TryGetValue(key.ProjectId, out var list))
                _projects.Add(key.ProjectId, list = new());
            _entries.Add(key, list.AddFirst(entry));
            _bytesOfProjects[key.ProjectId] = _bytesOfProjects.GetValueOrDefault(key.ProjectId) + entry.Bytes;
            _bytes += entry.Bytes;
            while (_bytesOfProjects.GetValueOrDefault(key.ProjectId) > bytesOfProject)
                Remove(_projects[key.ProjectId].Last!);
            while (_bytes > bytes)
                Remove(_projects[_bytesOfProjects.MaxBy(project => project.Value).Key].Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        var (projectId, list) = (node.Value.Key.ProjectId, node.List!);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Bytes;
        _bytesOfProjects[projectId] -= node.Value.Bytes;
        list.Remove(node);
        if (list.Count > 0)
            return;
        _projects.Remove(projectId);
        _bytesOfProjects.Remove(projectId);
    }

    private sealed record Entry(DayKey Key, DayState State, EventTable Table, long Bytes);

    /// <summary>What was counted.</summary>
    /// <param name="ProjectId">The project.</param>
    /// <param name="Environment">Live or test.</param>
    /// <param name="Day">The day.</param>
    /// <param name="Question">See <see cref="EventCount.Key"/>.</param>
    internal readonly record struct DayKey(Guid ProjectId, DataEnvironment Environment, DateOnly Day, string Question);

    /// <summary>What the day contained.</summary>
    /// <param name="Generation">The generation of the project's data.</param>
    /// <param name="Content">The content of the day.</param>
    internal readonly record struct DayState(long Generation, DayContent Content);
}
