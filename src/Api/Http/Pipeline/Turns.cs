namespace TelemetryKit.Api.Http.Pipeline;

/// <summary>
/// Lets connections take turns on the threads. Reads, requests and responses run inline on the thread that received the bytes, so a
/// connection with pipelined requests would otherwise keep its thread until it has no more data. <c>RequestBody</c> does the same for large
/// bodies.
/// </summary>
internal static class Turns
{
    // The number of requests that a thread serves before it continues with other connections.
    private const int Requests = 16;

    // Of the thread and not of the connection: this needs no state per connection, and a rare yield costs a short request nothing.
    [ThreadStatic]
    private static int _served;

    /// <summary>Adds the middleware. It must precede all others.</summary>
    public static void UseTurns(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (++_served < Requests)
            return next(http);
        _served = 0;
        return YieldAsync(http, next);
    });

    private static async Task YieldAsync(HttpContext http, RequestDelegate next)
    {
        await Task.Yield();
        await next(http);
    }
}
