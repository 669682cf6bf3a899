using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Tenants;

namespace TelemetryKit.Grains;

/// <summary>Registers the grains and the host of this process.</summary>
public static class GrainSetup
{
    /// <summary>
    /// Registers the services. Needs <see cref="Core.Storage.IRollupStore"/>, <see cref="Core.Storage.Accounts.IAccountStore"/>,
    /// <see cref="ITenantNotices"/> and <see cref="ISiloFaultHandler"/>. The caller starts and stops <see cref="GrainHost"/>.
    /// </summary>
    public static void AddTelemetryKitGrains(this IServiceCollection services, Func<IServiceProvider, GrainOptions> options)
    {
        services.AddSingleton(options);
        services.AddSingleton<LocalProjectViews>();
        services.AddSingleton<TenantOperations>();
        services.AddSingleton<GrainHost>();
        services.AddSingleton<IProjectViews, ClusterProjectViews>();
        services.AddSingleton<ITenantOperations, ClusterTenantOperations>();
    }
}
