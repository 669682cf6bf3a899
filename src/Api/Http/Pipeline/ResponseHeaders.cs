namespace TelemetryKit.Api.Http.Pipeline;

/// <summary>
/// The headers of every response, also of errors. Nothing is cached unless a route sets another <c>Cache-Control</c>: nearly all responses
/// depend on the caller.
/// </summary>
internal static class ResponseHeaders
{
    /// <summary>Adds the middleware. It must precede all others that write responses.</summary>
    public static void UseResponseHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.Response.Headers.AddDefaults();
        return next(http);
    });

    /// <summary>Adds the headers.</summary>
    public static void AddDefaults(this IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
