using TelemetryKit.Grains.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>Body of <c>/v1/stats/overview</c>: the figures of the range and, in the same form, of the one before it.</summary>
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
