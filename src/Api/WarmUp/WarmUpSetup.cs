using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.WarmUp;

/// <summary>Registers the warm-up before the first request.</summary>
internal static class WarmUpSetup
{
    /// <summary>Registers the services if the warm-up is enabled. A silo ingests nothing.</summary>
    public static void AddWarmUp(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Kind == ProcessKind.Silo || !settings.WarmsUp)
            return;
        services.AddSingleton<IngestWarmUp>();
    }
}
