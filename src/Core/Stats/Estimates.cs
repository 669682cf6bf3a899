using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats;

/// <summary>The figures of groups that were counted from events, and how accurate they are.</summary>
internal static class Estimates
{
    /// <summary>The standard error of a HyperLogLog with 2^14 registers: 1.04 ÷ √2^14.</summary>
    public static readonly double RelativeError = Math.Round(1.04 / Math.Sqrt(1 << DistinctCounter.FinePrecision), 4);

    /// <summary>Returns the accuracy of groups: the installs of all are exact, or at least one is an estimate.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="unlistedMax">See <see cref="MergedGroups.UnlistedMax"/>.</param>
    public static Accuracy AccuracyOf(IEnumerable<GroupTotals> groups, long unlistedMax = 0) =>
        Accuracy.Of(groups.All(group => group.Installs.IsExact) ? 0 : RelativeError, unlistedMax);

    /// <summary>1 − failures ÷ events with a known outcome, with four decimals; <c>null</c> if there are none.</summary>
    public static double? SuccessRate(this GroupTotals group) =>
        group.Runs == 0 ? null : Rounded.Rate(1 - ((double)group.Failures / group.Runs));

    /// <summary>Returns a quantile of the durations in milliseconds, rounded; <c>null</c> if no event has a duration.</summary>
    public static double? Milliseconds(this GroupTotals group, double quantile) => Rounded.Milliseconds(group.Quantile(quantile));

    /// <summary>Returns the upper end of the number of events, or <c>null</c> if it is exact.</summary>
    public static long? UpperEnd(this GroupTotals group) => group.Missed > 0 ? group.EventsMax : null;
}
