using TelemetryKit.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Records which endpoints are used.</summary>
public static class TelemetryApplicationBuilderExtensions
{
    /// <summary>
    /// Records each request that reaches an endpoint: by the endpoint's route pattern, such as <c>GET /orders/{id}</c>, never by its
    /// path or query. Put it before what it is to measure, and after <c>UseExceptionHandler</c>.
    /// </summary>
    public static IApplicationBuilder UseTelemetryKit(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<EndpointMiddleware>();
    }

    /// <summary>Leaves endpoints out: health checks, for example.</summary>
    public static TBuilder ExcludeFromTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ExcludeFromTelemetryAttribute());
}
