using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Core;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>
/// Makes refusals cheap, however many requests are refused. A source that gets many of them waits for each, so each of its connections gets
/// no more than one a second, and is closed if the request has a large body: Kestrel would read the rest of it.
/// </summary>
internal sealed class Refusals(SourceHasher sources, TimeProvider time)
{
    // Time for the response to arrive before the connection is reset: that of the network, which no test moves.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);
    private readonly SourceThrottle _throttle = new(Limits.Refusals, Limits.RefusalTime, time);

    /// <summary>
    /// Waits before a refusal is written, if its source got many recently. Returns whether the connection has to be closed afterwards
    /// (<see cref="CloseAsync"/>), because a large body hasn't been read.
    /// </summary>
    public async Task<bool> WaitAsync(HttpContext http)
    {
        var isUnread = HasUnreadBody(http.Request);
        if (_throttle.TryTake(sources.Networks(http.Connection.RemoteIpAddress), isUnread ? Limits.UnreadRefusals : 1) is null)
            return false;
        await Task.Delay(Limits.RefusalDelay, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isUnread;
    }

    /// <summary>Closes the connection of a response that was written.</summary>
    public static async Task CloseAsync(HttpContext http)
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
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return !read.IsCompleted;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
