namespace TelemetryKit.Core.Quotas;

/// <summary>The used percentages of a quota about which the owner of a tenant is notified.</summary>
public static class UsageThresholds
{
    /// <summary>The percentages, in ascending order.</summary>
    public static IReadOnlyList<int> Percents { get; } = [80, 100];

    /// <summary>Returns whether a percentage of the limit is reached, without rounding.</summary>
    public static bool IsReached(long accepted, long limit, int percent) => (Int128)accepted * 100 >= (Int128)limit * percent;

    /// <summary>
    /// Returns the number of further events that reach the next percentage of the quota, or of the events above it that are accepted.
    /// Returns <c>null</c> if all are reached, or if there is no limit.
    /// </summary>
    public static long? EventsUntilNext(UsageReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Limit is not { } limit)
            return null;
        return EventsUntilNext(reading.Accepted, limit)
            ?? (reading.Overage is { } overage and > 0 ? EventsUntilNext(Math.Max(0, reading.Accepted - limit), overage) : null);
    }

    /// <summary>Returns the number of further events that reach the next percentage, or <c>null</c> if all are reached.</summary>
    public static long? EventsUntilNext(long accepted, long limit)
    {
        foreach (var percent in Percents)
        {
            if (!IsReached(accepted, limit, percent))
                return (long)((((Int128)limit * percent) + 99) / 100) - accepted;
        }

        return null;
    }
}
