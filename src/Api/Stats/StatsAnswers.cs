using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;

namespace TelemetryKit.Api.Stats;

/// <summary>Body of <c>/v1/stats/overview</c>: the figures of the range and, in the same form, of the one before it.</summary>
/// <param name="Range">The days.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> where the filter leaves none to tell apart.</param>
/// <param name="NewInstalls">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Sessions">Distinct sessions; <c>null</c> under a filter that rollups don't keep sessions for.</param>
/// <param name="Failures">Events with <c>success</c> false, or of type <c>error</c>.</param>
/// <param name="SuccessRate">1 − failures ÷ events that said whether they succeeded, 0…1 to four decimals; <c>null</c> where none did.</param>
/// <param name="Previous">The same of as many days just before.</param>
internal sealed record OverviewBody(
    DayRange Range, long Events, long? Installs, long? NewInstalls, long? Sessions, long Failures, double? SuccessRate, Figures Previous)
{
    /// <summary>The body of an answer.</summary>
    public static OverviewBody Of(OverviewAnswer answer)
    {
        var f = answer.Current;
        return new(f.Range, f.Events, f.Installs, f.NewInstalls, f.Sessions, f.Failures, f.SuccessRate, answer.Previous);
    }
}
