namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>A range of days, both inclusive.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
public sealed record DayRange(DateOnly From, DateOnly To)
{
    /// <summary>Returns whether the range contains the day.</summary>
    public bool Contains(DateOnly day) => day >= From && day <= To;

    /// <summary>Returns whether the range contains all days of the other one.</summary>
    public bool Contains(DayRange other) => other.From >= From && other.To <= To;

    /// <summary>Returns the month that begins on the day.</summary>
    public static DayRange OfMonth(DateOnly firstDay) => new(firstDay, firstDay.AddMonths(1).AddDays(-1));

    /// <summary>Returns the first days of the months of which the range contains all days.</summary>
    public IEnumerable<DateOnly> WholeMonths()
    {
        var month = From.Day == 1 ? From : new DateOnly(From.Year, From.Month, 1).AddMonths(1);
        for (; month.AddMonths(1).AddDays(-1) <= To; month = month.AddMonths(1))
            yield return month;
    }

    /// <summary>Returns the same days as ranges that are in order, disjoint and not adjacent.</summary>
    public static List<DayRange> Union(IEnumerable<DayRange> ranges)
    {
        List<DayRange> union = [];
        foreach (var range in ranges.Where(range => range.From <= range.To).OrderBy(range => range.From))
        {
            if (union.Count > 0 && range.From <= union[^1].To.AddDays(1))
                union[^1] = new(union[^1].From, range.To > union[^1].To ? range.To : union[^1].To);
            else
                union.Add(range);
        }

        return union;
    }

    /// <summary>Returns the days of the range that are in none of the given months, as contiguous ranges.</summary>
    /// <param name="months">First days of months, all of them in the range.</param>
    public IEnumerable<DayRange> Without(IEnumerable<DateOnly> months)
    {
        var from = From;
        foreach (var month in months.Order())
        {
            if (from < month)
                yield return new(from, month.AddDays(-1));
            from = month.AddMonths(1);
        }

        if (from <= To)
            yield return new(from, To);
    }
}
