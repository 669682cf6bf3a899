using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.WarmUp;

/// <summary>Registers the warm-up before the first request.</summary>
internal static class WarmUpSetup
{
    /// <summary>Registers the services. A silo ingests nothing, and a demo project is a warm-up.</summary>
    public static void AddWarmUp(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Kind == ProcessKind.Silo || settings.Demo)
            return;
        services.AddSingleton(WarmUpTurn.OfProcess);
        services.AddSingleton<IngestWarmUp>();
    }
}
