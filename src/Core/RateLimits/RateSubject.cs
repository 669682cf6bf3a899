namespace TelemetryKit.Core.RateLimits;

/// <summary>The key and the source that the rates of a request are charged to.</summary>
/// <param name="TenantId">The tenant. It has a share of the memory for buckets, and each source a rate within it.</param>
/// <param name="KeyId">The key.</param>
/// <param name="Environment">Live or test, which have quotas of their own and so rates of their own.</param>
/// <param name="Rates">The rates.</param>
/// <param name="Source">The source. Only the key is charged if it isn't known.</param>
/// <param name="Day">The number of the UTC day on which the request was admitted. All that it costs is charged to this day.</param>
public readonly record struct RateSubject(
    Guid TenantId, Guid KeyId, DataEnvironment Environment, IngestRates Rates, SourceNetworks Source, int Day);

/// <summary>What a request costs of the rates, in events.</summary>
public static class RateCost
{
    /// <summary>The cost of a request without events: it is answered at once.</summary>
    public const double Request = 0.1;

    /// <summary>
    /// Returns the cost of a request: its events, or that of its bytes, which have to be parsed whatever they contain, if that is more.
    /// </summary>
    /// <param name="events">The events that are stored.</param>
    /// <param name="bytes">The bytes of the body, decompressed.</param>
    public static double Of(int events, long bytes) => Math.Max(events, Request + ((double)bytes / Limits.EventBytes));
}
