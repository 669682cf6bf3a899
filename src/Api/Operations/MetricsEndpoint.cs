using System.Net;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// <c>/metrics</c>, in the text format of Prometheus or in OpenMetrics. Metrics contain no tenant, project or user, but they show how busy
/// the server is. Without a token, only this machine may read them.
/// </summary>
internal static class MetricsEndpoint
{
    private const string WithToken = "/metrics requires the token of TELEMETRYKIT_METRICS_TOKEN as \"Authorization: Bearer TOKEN\".";
    private const string WithoutToken =
        "/metrics can only be read on the server's machine and not through a proxy, unless TELEMETRYKIT_METRICS_TOKEN is set.";

    private static readonly string[] ForwardingHeaders =
    [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP",
        // The middleware for trusted proxies renames the header that it has applied.
        "X-Original-For", "X-Original-Proto",
    ];

    /// <summary>Maps the route. Returns <c>null</c> if OpenTelemetry is disabled.</summary>
    public static IEndpointConventionBuilder? MapMetrics(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        return Telemetry.IsDisabled(services.GetRequiredService<IConfiguration>())
            ? null
            : routes.MapPrometheusScrapingEndpoint("/metrics", meterProvider: null, app => app.Use(CheckAccessAsync), optionsName: null);
    }

    private static Task CheckAccessAsync(HttpContext http, RequestDelegate next)
    {
        var settings = http.RequestServices.GetRequiredService<ServerSettings>();
        var isAllowed = settings.MetricsToken is { } token
            ? SecretToken.Same(token, PresentedKey.InHeaders(http.Request.Headers) ?? "")
            : IsFromThisMachine(http);
        if (isAllowed)
            return next(http);
        return ProblemKind.InvalidKey.With(settings.MetricsToken is null ? WithoutToken : WithToken).WriteAsync(http);
    }

    // A proxy on this machine has a loopback address for all of its clients, and may add no header; but they use another host. So
    // does a page of another site whose name resolves to this machine.
    private static bool IsFromThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && IsLoopback(http.Request.Host.Host)
        && !ForwardingHeaders.Any(http.Request.Headers.ContainsKey);

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
