using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Serialization;
using Orleans.Storage;

namespace TelemetryKit.Grains.Hosting;

/// <summary>Configures a silo.</summary>
internal static class SiloSetup
{
    /// <summary>The provider of the database, as Orleans names it.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>The id of clusters and of their service: a database has one cluster.</summary>
    public const string ClusterId = "telemetrykit";

    /// <summary>Configures the silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The options.</param>
    /// <param name="port">The reserved port for other silos.</param>
    /// <param name="gateway">The reserved port for clients, or 0.</param>
    /// <param name="faults">Ends the process after a fault.</param>
    public static void Configure(ISiloBuilder silo, GrainOptions options, int port, int gateway, ISiloFaultHandler faults)
    {
        if (options.Role == ClusterRole.Off)
        {
            silo.UseLocalhostClustering(port, gateway, serviceId: ClusterId, clusterId: $"{ClusterId}-{Guid.NewGuid():N}");
            silo.AddMemoryGrainStorage(GrainStorage.Name);
        }
        else
        {
            UsePostgres(silo, options);
        }

        silo.ConfigureEndpoints(options.Address, port, gateway, listenOnAnyHostAddress: false);
        silo.Configure<SiloOptions>(o => o.SiloName = options.SiloName);
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = GrainHost.ResponseTimeout;
            // While a member stops, messages to it are kept until its successor is known.
            o.WaitForMessageToBeQueuedForOutboundTime = TimeSpan.FromSeconds(1);
        });
        silo.Services.AddSingleton<IFatalErrorHandler>(new FatalErrorHandler(faults));
        if (options.TracesCalls)
            silo.AddActivityPropagation();
        if (options.HasDashboard)
            silo.AddDashboard(o => o.HideTrace = true);
    }

    private static void UsePostgres(ISiloBuilder silo, GrainOptions options)
    {
        var database = options.Database ?? throw new ArgumentException("A cluster needs a database.", nameof(options));
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (ClusterId, ClusterId));
        silo.UseAdoNetClustering(o => (o.Invariant, o.DataSource) = (Invariant, database));
        silo.AddAdoNetGrainStorage(GrainStorage.Name, (AdoNetGrainStorageOptions o) =>
        {
            (o.Invariant, o.DataSource, o.DeleteStateOnClear) = (Invariant, database, true);
            o.GrainStorageSerializer = new SystemTextJsonGrainStorageSerializer(
                Options.Create(new SystemTextJsonGrainStorageSerializerOptions()));
        });

        // A killed member is declared dead within two seconds, and one that hangs within five.
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            o.ProbeTimeout = TimeSpan.FromSeconds(1);
            o.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            o.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            o.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
    }
}
