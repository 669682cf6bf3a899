namespace TelemetryKit.Api.WarmUp;

/// <summary>Registers the warm-up before the first request.</summary>
internal static class WarmUpSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddWarmUp(this IServiceCollection services)
    {
        services.AddSingleton(WarmUpTurn.OfProcess);
        services.AddSingleton<IngestWarmUp>();
    }
}
