namespace TelemetryKit.Core.Stats;

/// <summary>A range of days, both inclusive.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
public sealed record DayRange(DateOnly From, DateOnly To);
