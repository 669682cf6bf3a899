using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http;

/// <summary>Limits documents that anyone may read and that are large: a source gets a few at once.</summary>
internal sealed class DocumentThrottle(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly SourceThrottle _throttle = new(Limits.Documents, Limits.DocumentTime, time);

    /// <summary>Returns the refusal if the source got too many documents, or <c>null</c>.</summary>
    public Problem? FindRefusal(HttpContext http)
    {
        if (_throttle.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is not { } refusal)
            return null;
        metrics.Refused("documents", refusal.Bound);
        return ProblemKind.RateLimited.AsProblem() with { RetryAfter = refusal.RetryAfter };
    }
}
