namespace TelemetryKit.Core.Stats.Deprecation;

/// <summary>The thresholds of a verdict.</summary>
/// <param name="MaxPercent">The percentage of active installs up to which something is removable.</param>
/// <param name="MinInstalls">The active installs below which the verdict is unknown. Without any it always is.</param>
/// <param name="MinDays">The observed days below which the verdict is unknown.</param>
public sealed record DeprecationThresholds(int MaxPercent, int MinInstalls, int MinDays)
{
    /// <summary>Returns the verdict.</summary>
    /// <param name="activeInstalls">Active installs.</param>
    /// <param name="installs">Those that used it.</param>
    /// <param name="observedDays">Days since the first event.</param>
    public DeprecationVerdict Judge(long activeInstalls, long installs, int observedDays)
    {
        if (activeInstalls == 0 || activeInstalls < MinInstalls || observedDays < MinDays)
            return DeprecationVerdict.Unknown;
        return installs * 100 <= activeInstalls * MaxPercent ? DeprecationVerdict.Removable : DeprecationVerdict.InUse;
    }
}
