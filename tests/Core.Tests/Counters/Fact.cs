using System.Text.Json;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

/// <summary>An event as an object, for naive counts that are independent of the counters.</summary>
internal sealed record Fact
{
    public required DateTimeOffset Time { get; init; }

    public required string Type { get; init; }

    public string? Subject { get; init; }

    public long Install { get; init; }

    public long Session { get; init; }

    public string? Version { get; init; }

    public bool? Success { get; init; }

    public float DurationMs { get; init; } = float.NaN;

    public EventContext Context { get; init; } = EventContext.None;

    public (string Key, string Value)[] Metadata { get; init; } = [];

    public bool Failed => Success == false;

    public bool HasOutcome => Success is not null;

    public bool IsError => Type == "error";

    public DateOnly Day => DateOnly.FromDateTime(Time.UtcDateTime);

    public static EventBatch Batch(IEnumerable<Fact> facts)
    {
        var batch = new EventBatch();
        foreach (var fact in facts)
        {
            foreach (var (key, value) in fact.Metadata)
                batch.AppendValue(key, value);
            if (fact.Metadata.Length > 0)
            {
                var values = fact.Metadata.GroupBy(m => m.Key, m => m.Value).ToDictionary(g => g.Key);
                batch.AppendMetadata(JsonSerializer.SerializeToUtf8Bytes(values));
            }

            batch.Add(
                Guid.Empty, (fact.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, fact.Type, fact.Subject,
                fact.Install, fact.Session, fact.Version, fact.Success, fact.DurationMs, fact.Context);
        }

        return batch;
    }

    public static Rollup Rollup(IEnumerable<Fact> facts, RollupBounds? bounds = null)
    {
        var rollup = new Rollup(bounds ?? RollupBounds.Delta);
        var batch = Batch(facts);
        rollup.Add(batch, 0, batch.Count);
        return rollup;
    }
}
