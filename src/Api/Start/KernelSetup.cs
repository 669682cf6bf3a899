using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using TelemetryKit.Grains;
using TelemetryKit.Storage;

namespace TelemetryKit.Api.Start;

/// <summary>Registers what the system is, apart from HTTP: the store, the grains and the pipeline.</summary>
internal static class KernelSetup
{
    /// <summary>Registers it.</summary>
    public static void AddTelemetryKit(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<TelemetryKitMetrics>();
        services.AddSingleton(provider => StoreFactory.Create(settings.Storage, provider.GetRequiredService<TimeProvider>()));
        services.AddStorePart<ICommitStore>();
        services.AddStorePart<IEventStore>();
        services.AddStorePart<IKeyLookup>();
        services.AddStorePart<IProjectStore>();
        services.AddStorePart<IRetentionStore>();
        services.AddStorePart<IRollupStore>();
        services.AddSingleton<LocalProjectGrains>();
        services.AddSingleton<IProjectViews>(provider => provider.GetRequiredService<LocalProjectGrains>());
        services.AddSingleton<ProjectStatistics>();
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<Compactor>();
    }

    // Whoever needs only a part of the store asks for that part.
    private static void AddStorePart<TPart>(this IServiceCollection services)
        where TPart : class => services.AddSingleton(provider => (TPart)provider.GetRequiredService<IStore>());
}
