using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>The counters of each day of a range. It can't contain months.</summary>
public sealed class DayByDay
{
    private readonly Dictionary<DateOnly, Rollup> _days = [];

    /// <summary>Creates the range from a partition.</summary>
    /// <exception cref="ArgumentException">The parts have a gap or overlap.</exception>
    public DayByDay(DayRange range, IReadOnlyList<DailyPart> parts)
    {
        Partition.Check(range, parts);
        Range = range;
        foreach (var part in parts)
        {
            if (part.Rollup is { } rollup)
                _days.Add(part.From, rollup);
        }
    }

    /// <summary>The days.</summary>
    public DayRange Range { get; }

    /// <summary>Returns the counters of a day, or <c>null</c> if it has no events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day is not in the range, so nothing is known about it.</exception>
    public Rollup? Find(DateOnly day) =>
        Range.Contains(day)
            ? _days.GetValueOrDefault(day)
            : throw new ArgumentOutOfRangeException(nameof(day), day, $"The day is not in the loaded range {Range}.");

    /// <summary>Returns the rollups of the days from <paramref name="from"/> to <paramref name="to"/> that have events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A day is not in the range.</exception>
    public List<Rollup> Between(DateOnly from, DateOnly to)
    {
        var rollups = new List<Rollup>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (Find(day) is { } rollup)
                rollups.Add(rollup);
        }

        return rollups;
    }
}
