using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Erasures;

/// <summary>
/// Throttles erasures and readers of receipts. The key is public, so each source has a small part of the key's erasures, and erasures don't
/// use the rates of events.
/// </summary>
internal sealed class ErasureThrottles(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly SourceThrottle _erasuresOfSource = new(Limits.ErasuresPerSource, Limits.ErasureOfSourceTime, time);
    private readonly Throttle<Guid> _erasuresOfKey = new(Limits.ErasuresPerKey, Limits.ErasureOfKeyTime, time);
    private readonly SourceThrottle _receipts = new(Limits.Receipts, Limits.ReceiptTime, time);

    /// <summary>Takes an erasure. Returns the problem if the source or the key has asked for too many.</summary>
    public Problem? Erasure(HttpContext http, Guid keyId)
    {
        var networks = sources.Networks(http.Connection.RemoteIpAddress);
        if (_erasuresOfSource.TryTake(in networks) is { } refusal)
            return Refuse(refusal.Bound, refusal.RetryAfter);
        if (_erasuresOfKey.TryTake(keyId, out var wait))
            return null;
        _erasuresOfSource.GiveBack(in networks);
        return Refuse("key", wait);
    }

    /// <summary>Takes a read. Returns the problem if the source has read too many receipts.</summary>
    public Problem? Receipt(HttpContext http) =>
        _receipts.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is { } refusal
            ? Refuse(refusal.Bound, refusal.RetryAfter)
            : null;

    private Problem Refuse(string bound, TimeSpan wait)
    {
        metrics.Refused("erasures", bound);
        return ProblemKind.RateLimited.AsProblem() with { RetryAfter = wait };
    }
}
