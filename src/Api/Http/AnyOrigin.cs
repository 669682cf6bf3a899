using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Allows pages of any origin to use routes that applications call: the key in a page is public, and cookies are not sent.
/// </summary>
internal static class AnyOrigin
{
    private static readonly CorsPolicyMetadata Policy = new(new CorsPolicyBuilder()
        .AllowAnyOrigin().AllowAnyHeader().WithMethods("GET", "POST")
        .WithExposedHeaders("Retry-After")
        .SetPreflightMaxAge(TimeSpan.FromDays(1))
        .Build());

    /// <summary>Allows any origin.</summary>
    public static TBuilder AllowsAnyOrigin<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(Policy);
}
