using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Demo;

/// <summary>Registers the demo project where <c>--demo</c> asks for it.</summary>
internal static class DemoSetup
{
    /// <summary>Registers it.</summary>
    public static void AddDemo(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Demo)
            services.AddSingleton<DemoProject>();
    }
}
