namespace TelemetryKit.Core.Quotas;

/// <summary>The UTC calendar month for which a quota applies.</summary>
public readonly record struct QuotaMonth
{
    private QuotaMonth(DateOnly firstDay) => FirstDay = firstDay;

    /// <summary>The first day of the month.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>The end of the month (exclusive), when the quota is reset.</summary>
    public DateTimeOffset End => new(FirstDay.AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The month as a number, such as 202611.</summary>
    public int Number => (FirstDay.Year * 100) + FirstDay.Month;

    /// <summary>Returns the month that contains the UTC day.</summary>
    public static QuotaMonth Of(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1));

    /// <summary>Returns the month that contains the time.</summary>
    public static QuotaMonth Of(DateTimeOffset time) => Of(DateOnly.FromDateTime(time.UtcDateTime));

    /// <summary>Returns the time from <paramref name="now"/> until the next month.</summary>
    public static TimeSpan UntilNext(DateTimeOffset now) => Of(now).End - now;
}
