namespace TelemetryKit.Core;

/// <summary>
/// How fast a key may send. Keys ship inside public tools, so anybody can copy one: what a single source may send within a key is bounded apart,
/// so that one abusive copy can't spend the tenant's quota.
/// </summary>
/// <param name="KeyEventsPerSecond">Events a second that a key may keep up; a minute's worth may come at once. For each replica.</param>
/// <param name="SourceEventsPerDay">Events that one source may send with one key within a day; a day's worth may come at once. For each replica.</param>
public sealed record IngestRates(int KeyEventsPerSecond, int SourceEventsPerDay);
