using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Erasures;

/// <summary>
/// Throttles erasures and readers of receipts. Erasures don't use the rates of events. The key is public, so the erasures of installs that
/// have sent nothing have a bound of their own: no flood of them, from however many sources, delays an erasure of an install with data.
/// </summary>
internal sealed class ErasureThrottles(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly SourceThrottle _erasuresOfSource = new(Limits.ErasuresPerSource, Limits.ErasureOfSourceTime, time);
    private readonly Throttle<Guid> _unknownOfKey = new(Limits.ErasuresPerKey, Limits.ErasureOfKeyTime, time);
    private readonly SourceThrottle _receipts = new(Limits.Receipts, Limits.ReceiptTime, time);

    /// <summary>Takes an erasure. Returns the problem if the source has asked for too many.</summary>
    public Problem? OfSource(HttpContext http) =>
        _erasuresOfSource.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is { } refusal
            ? Refuse(refusal.Bound, refusal.RetryAfter)
            : null;

    /// <summary>
    /// Takes an erasure of an install that has sent nothing. Returns the problem if too many of this kind were asked for with the key.
    /// </summary>
    public Problem? OfUnknownInstall(Guid keyId) => _unknownOfKey.TryTake(keyId, out var wait) ? null : Refuse("key", wait);

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
