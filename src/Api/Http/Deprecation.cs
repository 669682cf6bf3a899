using System.Globalization;

namespace TelemetryKit.Api.Http;

/// <summary>Endpoint metadata: the route is deprecated.</summary>
/// <param name="Since">The day since which it is deprecated.</param>
/// <param name="Sunset">The day on which it may be removed.</param>
internal sealed record Deprecation(DateOnly Since, DateOnly Sunset);

/// <summary>Marks routes as deprecated.</summary>
internal static class DeprecationExtensions
{
    /// <summary>
    /// Marks the route in the OpenAPI document, and in responses by <c>Deprecation</c> (RFC 9745) and <c>Sunset</c> (RFC 8594).
    /// </summary>
    public static RouteHandlerBuilder Deprecated(this RouteHandlerBuilder route, Deprecation deprecation)
    {
        var since = string.Create(CultureInfo.InvariantCulture, $"@{Midnight(deprecation.Since).ToUnixTimeSeconds()}");
        var sunset = Midnight(deprecation.Sunset).ToString("R", CultureInfo.InvariantCulture);
        return route.WithMetadata(deprecation).AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers["Deprecation"] = since;
            context.HttpContext.Response.Headers["Sunset"] = sunset;
            return next(context);
        });
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
