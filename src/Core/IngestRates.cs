namespace TelemetryKit.Core;

/// <summary>
/// The rates that a key and a source are limited to. Keys ship inside public tools and can be copied, so each source has a limit within a
/// tenant: a single abusive source can't spend the tenant's quota.
/// </summary>
/// <param name="KeyEventsPerSecond">
/// Sustained events per second of a key, with bursts of up to one minute's events. For each replica.
/// </param>
/// <param name="SourceEventsPerDay">
/// Events per UTC day of one source with all keys of a tenant and environment, which may all arrive in one burst. Larger networks have more
/// (<see cref="RateLimits.SourceNetworks.Factor"/>). For each replica.
/// </param>
public sealed record IngestRates(int KeyEventsPerSecond, int SourceEventsPerDay);
