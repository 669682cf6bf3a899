using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Access;

/// <summary>Registers authentication and authorization.</summary>
internal static class AccessSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<UnknownCredentials>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<Callers>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<ReadAccess>();
        services.AddSingleton<PlanAccess>();
    }
}
