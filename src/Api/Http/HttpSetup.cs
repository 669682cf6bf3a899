using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Http;

/// <summary>Registers the services that requests of all routes use.</summary>
internal static class HttpSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddHttp(this IServiceCollection services)
    {
        services.AddBodies(ProblemJson.Default);
        services.AddBodies(HttpJson.Default);
        services.AddSingleton<IHttpContextFactory, SecretHidingContextFactory>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<DocumentThrottle>();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<UnpackedBudget>();
    }
}
