using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// The sums of a group over several days. Numbers are added immediately; installs and durations are merged only when they are read.
/// </summary>
internal sealed class GroupTotals
{
    private readonly List<EventGroup> _parts = [];
    private long _runs;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;
    private DistinctCounter? _installs;
    private long[]? _durations;

    public long Events { get; private set; }

    public long Failures { get; private set; }

    public long Errors { get; private set; }

    /// <summary>The most events that were not counted; see <see cref="EventGroup.Missed"/>.</summary>
    public long Missed { get; private set; }

    public long EventsMax => Events + Missed;

    /// <summary>Events with a known outcome.</summary>
    public long Runs => _runs;

    /// <summary>The second of the earliest event, as rollups keep it.</summary>
    public DateTimeOffset FirstSeen => SecondOf(_first);

    /// <summary>The second of the latest event.</summary>
    public DateTimeOffset LastSeen => SecondOf(_last);

    /// <summary>The distinct installs. Don't change it.</summary>
    public DistinctCounter Installs => _installs ??= Union();

    public IReadOnlyList<EventGroup> Parts => _parts;

    /// <summary>Returns the sums of groups whose events are different ones.</summary>
    public static GroupTotals Of(IEnumerable<GroupTotals> groups)
    {
        var sum = new GroupTotals();
        foreach (var group in groups)
            sum.Add(group);
        return sum;
    }

    public void Add(EventGroup group)
    {
        _parts.Add(group);
        Events += group.Events;
        Failures += group.Failures;
        Errors += group.Errors;
        Missed += group.Missed;
        _runs += group.Runs;
        _first = Math.Min(_first, group.First);
        _last = Math.Max(_last, group.Last);
    }

    /// <summary>Adds the sums of another group, whose events are others.</summary>
    public void Add(GroupTotals other)
    {
        foreach (var part in other._parts)
            Add(part);
        Missed += other.Missed - other._parts.Sum(part => part.Missed);
    }

    /// <summary>Adds to the events that can be missing.</summary>
    public void AddMissed(long floor) => Missed += floor;

    /// <summary>Returns a quantile of the durations in milliseconds, or <c>null</c> if no event has a duration.</summary>
    public double? Quantile(double q)
    {
        if (_durations is null)
        {
            _durations = new long[DurationBuckets.Count];
            foreach (var part in _parts)
                part.Durations?.AddTo(_durations);
        }

        return DurationBuckets.Quantile(_durations, q);
    }

    private static DateTimeOffset SecondOf(long microseconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Floor(microseconds / 1_000_000m));

    private DistinctCounter Union()
    {
        var union = InstallBuilder.NewCounter();
        foreach (var part in _parts)
        {
            if (part.Installs is { } installs)
                union.MergeFrom(installs);
        }

        return union;
    }
}
