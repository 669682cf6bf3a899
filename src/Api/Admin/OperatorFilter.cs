using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Api.Admin;

/// <summary>
/// The endpoint filter of the operator's routes: requires the token of TELEMETRYKIT_OPERATOR_TOKEN. Without that setting, all of them
/// return 404.
/// </summary>
internal sealed class OperatorFilter(ServerSettings settings, Throttles throttles, Readiness readiness) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!readiness.IsStarted)
            return new(ProblemKind.StorageUnavailable.With("The server is starting. Try again in a moment."));
        if (settings.Accounts.OperatorToken is not { } token)
            return new(ProblemKind.NotFound.AsProblem());
        if (SecretToken.Same(token, PresentedKey.InHeaders(http.Request.Headers) ?? ""))
            return next(context);
        return new(throttles.Source(http) ?? ProblemKind.InvalidKey.With("Send the operator's token as \"Authorization: Bearer TOKEN\"."));
    }
}
