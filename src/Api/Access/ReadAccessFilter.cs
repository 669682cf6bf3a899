using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Access;

/// <summary>Lets a request through to a route that reads a project, and tells the route which project that is.</summary>
internal sealed class ReadAccessFilter(ReadAccess access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (project, problem) = await access.FindAsync(context.HttpContext);
        if (problem is not null)
            return problem;
        context.HttpContext.Features.Set(project);
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }
}

/// <summary>What the filter leaves for the route.</summary>
internal static class ReadAccessExtensions
{
    /// <summary>The project the request may read. Only on routes behind <see cref="ReadAccessFilter"/>.</summary>
    public static Project ReadProject(this HttpContext http) => http.Features.GetRequiredFeature<Project>();
}
