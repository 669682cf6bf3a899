namespace TelemetryKit.Api.Http.Pipeline;

/// <summary>Serves HEAD requests by the routes of GET. Kestrel doesn't send the body.</summary>
internal static class HeadRequests
{
    /// <summary>Adds the middleware. It must precede routing.</summary>
    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Features.Set(HeadRequest.Instance);
            http.Request.Method = HttpMethods.Get;
        }

        return next(http);
    });

    /// <summary>Returns whether the body of the response is not sent, so that it need not be created.</summary>
    public static bool IsHead(this HttpContext http) => http.Features.Get<HeadRequest>() is not null;

    private sealed class HeadRequest
    {
        public static readonly HeadRequest Instance = new();
    }
}
