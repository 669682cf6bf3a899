using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Tenants;

/// <summary>
/// The live events that a tenant will have at the end of the month if it continues at the pace of the last seven days.
/// </summary>
/// <param name="Events">The expected number of accepted and refused events.</param>
/// <param name="QuotaSpentAt">When the quota will be spent, or <c>null</c> if not in this month or if there is no limit.</param>
public sealed record UsageForecast(long Events, DateTimeOffset? QuotaSpentAt)
{
    private const int DaysOfPace = 7;

    /// <summary>Computes the forecast.</summary>
    /// <param name="usage">The usage of the current month.</param>
    /// <param name="limit">The quota, or <c>null</c> if there is no limit.</param>
    /// <param name="now">The time at which the usage was read.</param>
    /// <returns>The forecast, or <c>null</c> within the first day of a month, when there is no pace yet.</returns>
    public static UsageForecast? Of(MonthUsage usage, long? limit, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var month = QuotaMonth.Of(now);
        var start = new DateTimeOffset(month.FirstDay, TimeOnly.MinValue, TimeSpan.Zero);
        if (now - start < TimeSpan.FromDays(1))
            return null;

        // Whole days and the current one, because the counts are by day.
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var first = today.AddDays(1 - DaysOfPace);
        if (first < month.FirstDay)
            first = month.FirstDay;
        var elapsed = now - new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero);
        var recent = usage.Days.Where(day => day.Environment == DataEnvironment.Live && day.Day >= first).Sum(day => day.Accepted);
        var perDay = recent / elapsed.TotalDays;
        var events = usage.Live + (long)Math.Min(Math.Round(perDay * (month.End - now).TotalDays), long.MaxValue / 2);
        return new(events, SpentAt());

        DateTimeOffset? SpentAt()
        {
            if (limit is not { } most)
                return null;
            if (usage.Live >= most)
                return now;
            return events > most ? now + ((most - usage.Live) / perDay * TimeSpan.FromDays(1)) : null;
        }
    }
}
