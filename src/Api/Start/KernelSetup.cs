using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Storage;

namespace TelemetryKit.Api.Start;

/// <summary>Registers the parts that don't depend on HTTP: the store and the pipeline.</summary>
internal static class KernelSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddTelemetryKit(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<TelemetryKitMetrics>();
        services.AddSingleton(provider => StoreFactory.Create(settings.Storage, provider.GetRequiredService<TimeProvider>()));
        services.AddStorePart(store => store.Commits);
        services.AddStorePart(store => store.Events);
        services.AddStorePart(store => store.Rollups);
        services.AddStorePart(store => store.Retention);
        services.AddStorePart(store => store.Projects);
        services.AddStorePart(store => store.Keys);
        services.AddStorePart(store => store.Accounts);
        services.AddSingleton<ProjectStatistics>();
        services.AddSingleton(provider => new UsageWatch(
            provider.GetRequiredService<ITenantOperations>().CheckUsageAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UsageWatch>>()));
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<Compactor>();
    }

    // A class that needs only a part of the store depends on that part.
    private static void AddStorePart<TPart>(this IServiceCollection services, Func<IStore, TPart> part)
        where TPart : class => services.AddSingleton(provider => part(provider.GetRequiredService<IStore>()));
}
