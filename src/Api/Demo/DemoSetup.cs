using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Demo;

/// <summary>Registers the demo project if <c>--demo</c> is set.</summary>
internal static class DemoSetup
{
    /// <summary>Registers the service.</summary>
    public static void AddDemo(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Demo)
            services.AddSingleton<DemoProject>();
    }
}
