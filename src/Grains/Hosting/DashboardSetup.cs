using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace TelemetryKit.Grains.Hosting;

/// <summary>Maps the Orleans Dashboard.</summary>
public static class DashboardSetup
{
    /// <summary>Maps the dashboard of a silo or client that has one (<see cref="GrainOptions.HasDashboard"/>).</summary>
    /// <param name="app">The application.</param>
    /// <param name="path">The path below which it is, such as <c>/orleans</c>.</param>
    /// <param name="authorize">Returns whether a request may see the dashboard. If not, it has written the response.</param>
    public static void MapGrainDashboard<TApp>(this TApp app, string path, Func<HttpContext, Task<bool>> authorize)
        where TApp : IApplicationBuilder, IEndpointRouteBuilder
    {
        var host = ((IApplicationBuilder)app).ApplicationServices.GetRequiredService<GrainHost>();

        // The dashboard's services are those of the silo, which is a host of its own.
        app.Use(async (http, next) =>
        {
            if (!http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase))
            {
                await next(http).ConfigureAwait(false);
                return;
            }

            if (!await authorize(http).ConfigureAwait(false))
                return;
            if (host.Grains is null)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            var outer = http.RequestServices;
            var scope = host.Services.CreateAsyncScope();
            await using var disposed = scope.ConfigureAwait(false);
            http.RequestServices = scope.ServiceProvider;
            try
            {
                await next(http).ConfigureAwait(false);
            }
            finally
            {
                http.RequestServices = outer;
            }
        });
        new SiloRoutes(app, host.Services).MapOrleansDashboard(path);
    }

    private sealed class SiloRoutes(IEndpointRouteBuilder app, IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources => app.DataSources;

        public IApplicationBuilder CreateApplicationBuilder() => app.CreateApplicationBuilder();
    }
}
