using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;

namespace TelemetryKit.Api.Stats;

/// <summary>Body of <c>/v1/stats/overview</c>: the figures of the range and of the previous range.</summary>
/// <param name="Range">The days.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Installs">Number of distinct installs, or <c>null</c> if rollups don't keep installs for the filter.</param>
/// <param name="NewInstalls">Number of installs seen for the first time, or <c>null</c> if there is a filter.</param>
/// <param name="Sessions">Number of distinct sessions, or <c>null</c> if rollups don't keep sessions for the filter.</param>
/// <param name="Failures">Number of events with <c>success</c> false or of type <c>error</c>.</param>
/// <param name="SuccessRate">
/// 1 − failures ÷ events with <c>success</c>, 0 to 1 with four decimals, or <c>null</c> if there are no such events.
/// </param>
/// <param name="Previous">The figures of the same number of days before the range.</param>
internal sealed record OverviewBody(
    DayRange Range, long Events, long? Installs, long? NewInstalls, long? Sessions, long Failures, double? SuccessRate, Figures Previous)
{
    /// <summary>Creates the body from an answer.</summary>
    public static OverviewBody Of(OverviewAnswer answer)
    {
        var f = answer.Current;
        return new(f.Range, f.Events, f.Installs, f.NewInstalls, f.Sessions, f.Failures, f.SuccessRate, answer.Previous);
    }
}
