using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Core;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>
/// Makes refusals cheap, however many requests are refused. A source that gets many of them waits for each, and then its connection is
/// closed: what it sent behind the refused request must not stay in memory, and Kestrel would read the rest of a large body.
/// </summary>
internal sealed class Refusals(SourceHasher sources, TimeProvider time)
{
    // Time for the response to arrive before the connection is reset: that of the network, which no test moves.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);
    private readonly SourceThrottle _throttle = new(Limits.Refusals, Limits.RefusalTime, time);

    /// <summary>
    /// Waits before a refusal is written, if its source got many recently, and returns how the connection continues after it.
    /// </summary>
    public async Task<AfterRefusal> WaitAsync(HttpContext http)
    {
        var isUnread = HasUnreadBody(http.Request);
        if (_throttle.TryTake(sources.Networks(http.Connection.RemoteIpAddress), isUnread ? Limits.UnreadRefusals : 1) is null)
            return AfterRefusal.Continue;
        await Task.Delay(Limits.RefusalDelay, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isUnread ? AfterRefusal.Abort : AfterRefusal.Close;
    }

    /// <summary>Closes the connection of a response that was written, without reading the rest of the request.</summary>
    public static async Task AbortAsync(HttpContext http)
    {
        await http.Response.CompleteAsync();
        await Task.Delay(Linger, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    private static bool HasUnreadBody(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }
            || request.ContentLength <= Limits.SmallBodyBytes)
            return false;
        // It can't be read, or the client waits until it is asked for it.
        if (request.ContentLength > Limits.BodyBytes || request.Headers.Expect.Count > 0)
            return true;
        try
        {
            if (!request.BodyReader.TryRead(out var read))
                return true;
            // Not examined, otherwise Kestrel would read more.
            request.BodyReader.AdvanceTo(read.Buffer.Start);
            return !read.IsCompleted;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>How a connection continues after a refusal.</summary>
internal enum AfterRefusal
{
    /// <summary>With the next request.</summary>
    Continue,

    /// <summary>It is closed.</summary>
    Close,

    /// <summary>It is closed, and the rest of the request isn't read.</summary>
    Abort,
}
