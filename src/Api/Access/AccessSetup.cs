using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Api.Access;

/// <summary>Registers how requests present keys and what they may do with them.</summary>
internal static class AccessSetup
{
    /// <summary>Registers the key ring and what asks it.</summary>
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<ReadAccess>();
    }
}
