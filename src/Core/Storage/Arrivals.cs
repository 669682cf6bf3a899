using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Storage;

/// <summary>Events in the order in which they arrived.</summary>
/// <param name="Events">The events.</param>
/// <param name="Numbers">
/// A number for each event that doesn't decrease from one to the next. Every process that uses the store reads the same number.
/// </param>
/// <param name="Next">The position after which the next read continues.</param>
public sealed record Arrivals(EventBatch Events, IReadOnlyList<long> Numbers, ArrivalPosition Next);

/// <summary>What a reader of arrivals has read. Only the store that returned it can interpret it.</summary>
public abstract record ArrivalPosition;
