using System.Text.Json.Serialization;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Overview;

/// <summary>The figures of a range and of the range before it.</summary>
/// <param name="Current">The requested range.</param>
/// <param name="Previous">The range of the same length before it.</param>
/// <param name="Accuracy">How accurate the figures of both ranges are.</param>
public sealed record OverviewAnswer(Figures Current, Figures Previous, Accuracy Accuracy);

/// <summary>
/// The figures of a range. All are <c>null</c> if a filter selects a name that the counters may have evicted and don't have.
/// </summary>
/// <param name="Range">The days.</param>
/// <param name="Events">Events; at least this many if <see cref="EventsMax"/> is present.</param>
/// <param name="Installs">Distinct installs; <c>null</c> if the counters don't keep installs under the filter.</param>
/// <param name="NewInstalls">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Sessions">Distinct sessions; <c>null</c> under a filter for which rollups don't keep sessions.</param>
/// <param name="Failures">Events with <c>success</c> false, or of type <c>error</c>.</param>
/// <param name="SuccessRate">
/// 1 − failures ÷ events with a <c>success</c> field, from 0 to 1 with four decimals; <c>null</c> if no event has one.
/// </param>
public sealed record Figures(
    DayRange Range, long? Events, long? Installs, long? NewInstalls, long? Sessions, long? Failures, double? SuccessRate)
{
    /// <summary>
    /// The most events that there can be; absent if <see cref="Events"/> is exact. The other figures cover the events that were counted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsMax { get; init; }
}
