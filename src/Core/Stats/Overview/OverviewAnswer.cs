using System.Text.Json.Serialization;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Overview;

/// <summary>The figures of a range and of the range before it.</summary>
/// <param name="Current">The requested range.</param>
/// <param name="Previous">The range of the same length before it.</param>
/// <param name="Accuracy">How accurate the figures of both ranges are.</param>
public sealed record OverviewAnswer(Figures Current, Figures Previous, Accuracy Accuracy);

/// <summary>
/// The figures of a range. All are <c>null</c> if a filter selects a name that rollups may have evicted and don't have: then the events
/// have them.
/// </summary>
/// <param name="Range">The days.</param>
/// <param name="Events">Events; at least this many if <see cref="EventsMax"/> is present.</param>
/// <param name="Installs">Distinct installs; <c>null</c> if the counters don't keep installs under the filter.</param>
/// <param name="NewInstalls">
/// Installs seen for the first time; <c>null</c> under a filter. The number is exact, but never more than an estimate of the installs.
/// </param>
/// <param name="Sessions">Distinct sessions; <c>null</c> under a filter for which rollups don't keep sessions.</param>
/// <param name="Failures">Failed runs: events with <c>success</c> false.</param>
/// <param name="SuccessRate">
/// 1 − failures ÷ runs (events with <c>success</c>), from 0 to 1 with four decimals; <c>null</c> if there are no runs.
/// </param>
public sealed record Figures(
    DayRange Range, long? Events, long? Installs, long? NewInstalls, long? Sessions, long? Failures, double? SuccessRate)
{
    /// <summary>
    /// Events of type <c>error</c>. They aren't runs, unless they have <c>success</c>: a failed command that also reports its exception
    /// is one failure and one error. <c>null</c> if the counters don't know them exactly under the filter.
    /// </summary>
    public required long? Errors { get; init; }

    /// <summary>
    /// The median duration of the events that have one, in milliseconds, within 1 %; <c>null</c> if none has, or if the counters don't
    /// keep durations under the filter.
    /// </summary>
    public double? P50Ms { get; init; }

    /// <summary>
    /// The most events that there can be; absent if <see cref="Events"/> is exact. The other figures cover the events that were counted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsMax { get; init; }
}
