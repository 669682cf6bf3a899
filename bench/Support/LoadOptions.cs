using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Bench.Support;

/// <summary>One load of a collector.</summary>
/// <param name="Url">Where batches go.</param>
/// <param name="Key">The write key.</param>
/// <param name="Batch">Events of a batch.</param>
/// <param name="Connections">Connections, each with one request at a time: a closed loop.</param>
public sealed record LoadOptions(Uri Url, string Key, int Batch, int Connections)
{
    /// <summary>How long; requests under way are waited for.</summary>
    public double Seconds { get; init; } = double.PositiveInfinity;

    /// <summary>How many events at most.</summary>
    public long Events { get; init; } = long.MaxValue;

    /// <summary>How long before latencies are noted, in seconds; these events count as any other.</summary>
    public double WarmUp { get; init; }

    /// <summary>Over how many days back from now the events are spread.</summary>
    public double SpreadDays { get; init; }

    /// <summary>Whether each event of a batch is another install's.</summary>
    public bool Mixed { get; init; }

    /// <summary>Makes the load's events differ from those of another.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What came of a load.</summary>
/// <param name="Accepted">Events that the collector said it counted.</param>
/// <param name="Sent">Events sent. More than accepted means that some were lost or refused.</param>
/// <param name="Refused">Requests answered with anything but 200.</param>
/// <param name="FirstRefusal">The first such answer.</param>
/// <param name="EventsPerSecond">Over the time after the warm-up.</param>
/// <param name="P50Ms">Median time of a request after the warm-up.</param>
/// <param name="P99Ms">99th percentile, likewise.</param>
/// <param name="CpuSeconds">What the load generator itself used, of what the collector could have had.</param>
public sealed record LoadResult(
    long Accepted, long Sent, long Refused, string? FirstRefusal, double EventsPerSecond, double P50Ms, double P99Ms, double CpuSeconds)
{
    // Without one answered request there are no latencies: NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>For the process that asked for the load.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads <see cref="ToJson"/> back.</summary>
    public static LoadResult FromJson(string json) => JsonSerializer.Deserialize<LoadResult>(json, Json)!;
}
