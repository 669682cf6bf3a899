using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Demo;

/// <summary>Registers the demo project, if <c>--demo</c> is set, and the access to it.</summary>
internal static class DemoSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddDemo(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<DemoAccess>();
        if (settings.Demo)
            services.AddSingleton<DemoProject>();
    }
}
