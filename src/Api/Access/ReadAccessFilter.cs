using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Access;

/// <summary>The endpoint filter of routes that read a project: sets the project as a feature, or returns the problem.</summary>
internal sealed class ReadAccessFilter(ReadAccess access) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (project, problem) = await access.FindAsync(context.HttpContext);
        if (problem is not null)
            return problem;
        context.HttpContext.Features.Set(project);
        return await next(context);
    }
}

/// <summary>Reads the features that <see cref="ReadAccessFilter"/> sets.</summary>
internal static class ReadAccessExtensions
{
    /// <summary>Returns the project that the request may read. Requires <see cref="ReadAccessFilter"/>.</summary>
    public static Project ReadProject(this HttpContext http) => http.Features.GetRequiredFeature<Project>();

    /// <summary>Returns who reads it. Requires <see cref="ReadAccessFilter"/>.</summary>
    public static ReadBy Reader(this HttpContext http) => http.Features.GetRequiredFeature<ReadBy>();
}
