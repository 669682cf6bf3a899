using System.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>Says in the span of a request which route it took and how it ended; ASP.NET itself says only how it began.</summary>
internal static class TraceTags
{
    /// <summary>Adds it in front of everything, where spans go anywhere at all.</summary>
    public static void UseTraceTags(this WebApplication app)
    {
        if (Telemetry.Exports(app.Configuration, "TRACES"))
            app.Use(AddAsync);
    }

    private static async Task AddAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (Activity.Current is not { IsAllDataRequested: true } span)
            return;
        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{http.Request.Method} {route}";
        }

        if (http.Response.StatusCode >= 500)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
