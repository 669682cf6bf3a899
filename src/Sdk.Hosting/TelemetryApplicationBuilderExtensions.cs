using TelemetryKit.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Records which endpoints are used.</summary>
public static class TelemetryApplicationBuilderExtensions
{
    /// <summary>
    /// Records each request that reaches an endpoint, with the endpoint's route pattern, such as <c>GET /orders/{id}</c>, but never with
    /// its path or query. Add it before the middleware that it should measure, and after <c>UseExceptionHandler</c>.
    /// </summary>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static IApplicationBuilder UseTelemetryKit(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<EndpointMiddleware>();
    }

    /// <summary>Excludes endpoints, such as health checks.</summary>
    public static TBuilder ExcludeFromTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ExcludeFromTelemetryAttribute());
}
