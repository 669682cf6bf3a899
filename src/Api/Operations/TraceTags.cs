using System.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// Adds the route and the status of the response to the span of a request, which ASP.NET Core doesn't, and removes the path of a request
/// without a route: it may contain an id or a key anywhere.
/// </summary>
internal static class TraceTags
{
    /// <summary>Adds the middleware if traces are exported. It must precede all other middleware.</summary>
    public static void UseTraceTags(this WebApplication app)
    {
        if (Telemetry.Exports(app.Configuration, "TRACES"))
            app.Use(AddAsync);
    }

    private static async Task AddAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        finally
        {
            if (Activity.Current is { IsAllDataRequested: true } span)
                Complete(span, http);
        }
    }

    private static void Complete(Activity span, HttpContext http)
    {
        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{http.Request.Method} {route}";
        }
        else
        {
            span.SetTag("url.path", null);
        }

        if (http.Response.StatusCode >= 500)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
