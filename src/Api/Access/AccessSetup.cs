using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Access;

/// <summary>Registers who callers are and what they may do.</summary>
internal static class AccessSetup
{
    /// <summary>Registers the key ring, and what finds the caller of a request.</summary>
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<Callers>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<ReadAccess>();
        services.AddSingleton<PlanAccess>();
    }
}
