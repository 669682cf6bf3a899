using TelemetryKit.Grains.Events;

namespace TelemetryKit.Storage;

/// <summary>How stored text becomes what counters want again: events that are read back must count as they did when they came.</summary>
/// <param name="ParseContext">Reads <see cref="EventContext.Json"/> back; equal text should answer the same instance.</param>
/// <param name="AppendValues">Finds the counted values of an event's metadata.</param>
public sealed record EventDecoding(Func<string, EventContext> ParseContext, AppendValues AppendValues);

/// <summary>Calls <see cref="EventBatch.AppendValue"/> for each counted value of <paramref name="metadata"/>, the compact UTF-8 JSON of one event.</summary>
public delegate void AppendValues(EventBatch batch, ReadOnlySpan<byte> metadata);
