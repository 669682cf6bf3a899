using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Bench.Support;

/// <summary>The options of a load.</summary>
/// <param name="Url">The URL that batches are sent to.</param>
/// <param name="Key">The write key.</param>
/// <param name="Batch">Events of a batch.</param>
/// <param name="Connections">Connections, each with one request at a time: a closed loop.</param>
public sealed record LoadOptions(Uri Url, string Key, int Batch, int Connections)
{
    /// <summary>The duration in seconds; started requests are completed.</summary>
    public double Seconds { get; init; } = double.PositiveInfinity;

    /// <summary>The maximum number of events.</summary>
    public long Events { get; init; } = long.MaxValue;

    /// <summary>The seconds before latencies are recorded; the events of this time are also checked.</summary>
    public double WarmUp { get; init; }

    /// <summary>The number of days before now that the events are spread over.</summary>
    public double SpreadDays { get; init; }

    /// <summary>Whether each event of a batch has its own install.</summary>
    public bool Mixed { get; init; }

    /// <summary>The seed; loads with different seeds have different events.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>The result of a load.</summary>
/// <param name="Accepted">Events that the collector accepted.</param>
/// <param name="Sent">Sent events. If more than accepted, some were lost or refused.</param>
/// <param name="Refused">Requests with a status other than 200.</param>
/// <param name="FirstRefusal">The first such response.</param>
/// <param name="EventsPerSecond">Accepted events per second after the warm-up.</param>
/// <param name="P50Ms">Median time of a request after the warm-up.</param>
/// <param name="P99Ms">99th percentile, likewise.</param>
/// <param name="CpuSeconds">Processor seconds of the load generator.</param>
public sealed record LoadResult(
    long Accepted, long Sent, long Refused, string? FirstRefusal, double EventsPerSecond, double P50Ms, double P99Ms, double CpuSeconds)
{
    // Without a successful request, the percentiles are NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Serialises the result for the process that started the load.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Parses the result of <see cref="ToJson"/>.</summary>
    public static LoadResult FromJson(string json) => JsonSerializer.Deserialize<LoadResult>(json, Json)!;
}
