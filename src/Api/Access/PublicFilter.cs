using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Access;

/// <summary>
/// The endpoint filter of routes that don't require a caller, such as the sign-in. It rejects cross-site requests of browsers, because
/// another site could sign a user in to a foreign account. Clients other than browsers don't send <c>Sec-Fetch-Site</c> and are accepted.
/// </summary>
internal sealed class PublicFilter(Readiness readiness) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!readiness.IsStarted)
            return new(ProblemKind.StorageUnavailable.With("The server is starting. Try again in a moment."));
        if (!HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return new(AccountProblems.CsrfFailed.With("The request comes from a page of another site."));
        return next(context);
    }
}
