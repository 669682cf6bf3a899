using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Operations;

/// <summary>Answers a scrape. Metrics name no tenant, project or user, so by default anybody may read them; with a token, its bearer.</summary>
internal static class MetricsHandler
{
    public static IResult Handle(HttpContext http, PrometheusExporter exporter, ServerSettings settings)
    {
        if (settings.MetricsToken is { } token && !IsSame(token, PresentedKey.InHeaders(http.Request.Headers)))
            return ProblemKind.InvalidKey.With("/metrics asks for the token of TELEMETRYKIT_METRICS_TOKEN as \"Authorization: Bearer TOKEN\".");
        return exporter.Scrape() is { } text ? TypedResults.Text(text, PrometheusText.ContentType) : ProblemKind.Overloaded.With("The metrics could not be collected in time.");
    }

    // In the same time for any wrong token.
    private static bool IsSame(string token, string? presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(presented ?? "")));
}
