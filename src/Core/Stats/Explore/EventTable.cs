using System.Runtime.InteropServices;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// The groups of one day's events. Past its bound it keeps the most frequent groups as the Space-Saving summary does (Metwally et al.
/// 2005): a group that is absent has at most <see cref="Floor"/> events, and one that was admitted later at most as many more than were
/// counted.
/// </summary>
/// <param name="bound">The number of groups that it keeps.</param>
internal sealed class EventTable(int bound)
{
    /// <summary>A table without events.</summary>
    public static readonly EventTable Empty = new(1);

    private readonly Dictionary<GroupKey, EventGroup> _groups = [];

    /// <summary>The number of groups that the table keeps.</summary>
    public int Bound => bound;

    /// <summary>The groups.</summary>
    public IReadOnlyDictionary<GroupKey, EventGroup> Groups => _groups;

    /// <summary>The most events that a group can have that isn't in the table; 0 if all groups are.</summary>
    public long Floor { get; private set; }

    /// <summary>The events of all groups, kept or not: an event with several values counts once for each.</summary>
    public long Total { get; private set; }

    /// <summary>Bytes of memory, estimated. Texts are shared.</summary>
    public long EstimatedBytes { get; private set; } = 200;

    /// <summary>Counts an event in its group.</summary>
    public void Add(GroupKey key, EventBatch batch, int index, bool hours)
    {
        Total++;
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, key, out var exists);
        group ??= new EventGroup(Floor);
        group.Add(batch, index, hours);
        if (!exists && _groups.Count >= 2 * bound)
            Prune();
    }

    /// <summary>Ends counting. Afterwards the table can be read by several threads.</summary>
    public void Freeze()
    {
        if (_groups.Count > bound)
            Prune();
        foreach (var group in _groups.Values)
        {
            group.Freeze();
            EstimatedBytes += 80 + group.EstimatedBytes;
        }
    }

    private void Prune()
    {
        foreach (var (key, group) in _groups.OrderByDescending(g => g.Value.EventsMax).ThenBy(g => g.Key).Skip(bound).ToArray())
        {
            Floor = Math.Max(Floor, group.EventsMax);
            _groups.Remove(key);
        }
    }
}
