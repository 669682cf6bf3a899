namespace TelemetryKit.Core;

/// <summary>How many events of an environment are accepted in a month.</summary>
/// <param name="Quota">The events that the plan includes, or <c>null</c> if there is no limit.</param>
/// <param name="Overage">The events above the quota that are accepted and billed, or <c>null</c> if none are.</param>
public readonly record struct MonthLimits(long? Quota, long? Overage = null)
{
    /// <summary>The most events that are accepted, or <c>null</c> if there is no limit.</summary>
    public long? Most => Quota + (Overage ?? 0);

    /// <summary>The events that aren't billed, or <c>null</c> if none are billed.</summary>
    public long? Included => Overage is null ? null : Quota;
}
