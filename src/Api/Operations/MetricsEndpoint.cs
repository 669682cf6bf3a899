using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// <c>/metrics</c>, in the text format of Prometheus or in OpenMetrics. Metrics contain no tenant, project or user, so access is public
/// unless a token is configured.
/// </summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps the route. Returns <c>null</c> if OpenTelemetry is disabled.</summary>
    public static IEndpointConventionBuilder? MapMetrics(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        return Telemetry.IsDisabled(services.GetRequiredService<IConfiguration>())
            ? null
            : routes.MapPrometheusScrapingEndpoint("/metrics", meterProvider: null, app => app.Use(CheckTokenAsync), optionsName: null);
    }

    private static Task CheckTokenAsync(HttpContext http, RequestDelegate next)
    {
        var settings = http.RequestServices.GetRequiredService<ServerSettings>();
        if (settings.MetricsToken is not { } token || IsSame(token, PresentedKey.InHeaders(http.Request.Headers)))
            return next(http);
        const string Detail = "/metrics requires the token of TELEMETRYKIT_METRICS_TOKEN as \"Authorization: Bearer TOKEN\".";
        return ProblemKind.InvalidKey.With(Detail).WriteAsync(http);
    }

    // Takes the same time for every wrong token.
    private static bool IsSame(string token, string? presented) =>
        CryptographicOperations.FixedTimeEquals(Hash(token), Hash(presented ?? ""));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
