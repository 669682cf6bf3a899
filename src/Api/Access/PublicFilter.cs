using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Access;

/// <summary>
/// The door of routes that need nobody signed in, such as signing in itself. Another site's page must not get through it with a browser: it could sign somebody in to an
/// account that isn't theirs. What no browser sends (curl) carries no such header and is welcome.
/// </summary>
internal sealed class PublicFilter(Readiness readiness) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        if (!readiness.IsStarted)
            return new(ProblemKind.StorageUnavailable.With("The server is starting; come back in a moment."));
        if (!HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return new(AccountProblems.CsrfFailed.With("This can't be done from another site's page."));
        return next(context);
    }
}
