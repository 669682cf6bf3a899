using System.Data.Common;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Settings;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Storage;

namespace TelemetryKit.Api.Cluster;

/// <summary>Registers the grains, and maps the Orleans Dashboard.</summary>
internal static class ClusterSetup
{
    private const string DashboardPath = "/orleans";

    /// <summary>Registers the services.</summary>
    public static void AddCluster(this IServiceCollection services, ServerSettings settings, IConfiguration configuration)
    {
        var cluster = settings.Cluster;
        var options = new GrainOptions
        {
            Role = cluster.Role,
            Address = cluster.Address,
            SiloPort = cluster.SiloPort,
            GatewayPort = cluster.GatewayPort,
            HasDashboard = cluster.HasDashboard,
            TracesCalls = Telemetry.Exports(configuration, "TRACES"),
        };
        if (cluster.SiloName is { } name)
            options = options with { SiloName = name };
        if (cluster.Role != ClusterRole.Off)
            services.AddSingleton(_ => StoreFactory.CreateClusterDatabase(settings.Storage));
        services.AddTelemetryKitGrains(provider => options with { Database = provider.GetService<DbDataSource>() });
        services.AddSingleton<SiloFault>();
        services.AddSingleton<ISiloFaultHandler>(provider => provider.GetRequiredService<SiloFault>());
        services.AddSingleton<GrainStart>();
    }

    /// <summary>Maps the dashboard if it is enabled.</summary>
    public static void MapCluster(this WebApplication app, ServerSettings settings)
    {
        if (settings.Cluster.HasDashboard)
            app.MapGrainDashboard(DashboardPath, http => DashboardAccess.CheckAsync(http, settings.Accounts.OperatorToken!));
    }
}
