namespace TelemetryKit.Core.Quotas;

/// <summary>
/// When to send again after a spent quota: within the hour, because the plan may be raised at any time, and at a random moment, because
/// otherwise all clients of a tenant would return in the same second.
/// </summary>
public static class QuotaRetry
{
    private const int ShortestSeconds = 2_880;
    private const int LongestSeconds = 3_600;

    /// <summary>Returns a random delay from 2,880 to 3,600 seconds.</summary>
    public static TimeSpan NextDelay() => TimeSpan.FromSeconds(Random.Shared.Next(ShortestSeconds, LongestSeconds + 1));
}
