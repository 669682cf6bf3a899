using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>A part of a partition of days: a month, a day, or days that are known to be empty.</summary>
public abstract class RangePart
{
    private protected RangePart(DateOnly from, DateOnly to, Rollup? rollup) => (From, To, Rollup) = (from, to, rollup);

    /// <summary>The first day.</summary>
    public DateOnly From { get; }

    /// <summary>The last day.</summary>
    public DateOnly To { get; }

    /// <summary>The counters of these days, or <c>null</c> if they are known to be empty.</summary>
    public Rollup? Rollup { get; }
}

/// <summary>A calendar month whose days were folded into one rollup.</summary>
/// <param name="month">The first day of the month.</param>
/// <param name="rollup">The counters of the month.</param>
public sealed class MonthPart(DateOnly month, Rollup rollup) : RangePart(month, month.AddMonths(1).AddDays(-1), rollup);

/// <summary>A part that distinguishes its days: a single day, or days that are known to be empty.</summary>
public abstract class DailyPart : RangePart
{
    private protected DailyPart(DateOnly from, DateOnly to, Rollup? rollup)
        : base(from, to, rollup)
    {
    }
}

/// <summary>A day with events.</summary>
/// <param name="day">The day.</param>
/// <param name="rollup">The counters of the day.</param>
public sealed class DayPart(DateOnly day, Rollup rollup) : DailyPart(day, day, rollup);

/// <summary>Days that were loaded and have no events.</summary>
/// <param name="from">The first day.</param>
/// <param name="to">The last day.</param>
public sealed class KnownEmpty(DateOnly from, DateOnly to) : DailyPart(from, to, null);
