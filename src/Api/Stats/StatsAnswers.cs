using System.Text.Json.Serialization;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Api.Stats;

/// <summary>The figures of a range of days, and of the range of the same length before it.</summary>
/// <param name="Range">The days.</param>
/// <param name="Events">
/// The number of events; at least this many if <c>events_max</c> is present.
/// </param>
/// <param name="Installs">Distinct installs; <c>null</c> if they are not known under the filter.</param>
/// <param name="NewInstalls">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Sessions">Distinct sessions; <c>null</c> if they are not known under the filter.</param>
/// <param name="Failures">Failed runs: the number of events with <c>success</c> false.</param>
/// <param name="SuccessRate">
/// 1 minus failures divided by runs (events with <c>success</c>), 0 to 1 with four decimals; <c>null</c> if there are no runs.
/// </param>
/// <param name="Errors">
/// The number of events of type <c>error</c>, which aren't runs, unless they have <c>success</c>; <c>null</c> if it is not known.
/// </param>
/// <param name="P50Ms">
/// The median duration of the events that have one, in milliseconds, within 1 %; <c>null</c> if none has, or if it is not known under the
/// filter.
/// </param>
/// <param name="Previous">The same figures for the range before.</param>
/// <param name="Accuracy">How accurate the figures of both ranges are.</param>
internal sealed record OverviewBody(
    DayRange Range,
    long? Events,
    long? Installs,
    long? NewInstalls,
    long? Sessions,
    long? Failures,
    double? SuccessRate,
    long? Errors,
    double? P50Ms,
    Figures Previous,
    Accuracy Accuracy)
{
    /// <summary>
    /// The most events that there can be; absent if the number of events is exact. The other figures cover the events that were counted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsMax { get; init; }

    /// <summary>Creates the body from an answer.</summary>
    public static OverviewBody Of(OverviewAnswer answer)
    {
        var f = answer.Current;
        return new(
            f.Range, f.Events, f.Installs, f.NewInstalls, f.Sessions, f.Failures, f.SuccessRate, f.Errors, f.P50Ms,
            answer.Previous, answer.Accuracy)
        {
            EventsMax = f.EventsMax,
        };
    }
}
