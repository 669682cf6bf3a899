namespace TelemetryKit.Support.Stripe;

/// <summary>When the periods of subscriptions begin. All times are Unix seconds.</summary>
internal static class Periods
{
    /// <summary>Returns the months of an interval.</summary>
    public static int MonthsOf(string? interval) => interval == "year" ? 12 : 1;

    /// <summary>Returns the first start of a period after a time.</summary>
    /// <param name="anchor">The start of any period.</param>
    /// <param name="day">The day of the month on which periods begin, or the last day of shorter months.</param>
    /// <param name="months">The length of a period in months.</param>
    /// <param name="after">The time.</param>
    public static long Next(long anchor, int day, int months, long after)
    {
        var from = At(anchor);
        var to = At(after);
        var k = (((to.Year - from.Year) * 12) + to.Month - from.Month) / months - 2;
        while (Occurrence(from, day, k * months) <= after)
            k++;
        return Occurrence(from, day, k * months);
    }

    /// <summary>Returns the start of the period that ends at a time.</summary>
    public static long StartOf(long end, int day, int months) => Occurrence(At(end), day, -months);

    /// <summary>Returns the first time after another one with a day, an hour and so on. Months are those of the year.</summary>
    public static long Match(long after, int day, int? month, int hour, int minute, int second)
    {
        var time = At(after);
        for (var i = -1; ; i++)
        {
            var first = new DateTimeOffset(time.Year, time.Month, 1, hour, minute, second, TimeSpan.Zero).AddMonths(i);
            var match = first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1).ToUnixTimeSeconds();
            if (match > after && (month is null || first.Month == month))
                return match;
        }
    }

    /// <summary>Returns the time of Unix seconds.</summary>
    public static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static long Occurrence(DateTimeOffset anchor, int day, int months)
    {
        var first = new DateTimeOffset(anchor.Year, anchor.Month, 1, anchor.Hour, anchor.Minute, anchor.Second, TimeSpan.Zero)
            .AddMonths(months);
        return first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1).ToUnixTimeSeconds();
    }
}
