using Orleans.Configuration;
using Orleans.Dashboard;

namespace TelemetryKit.Grains.Hosting;

/// <summary>Configures a client of a cluster.</summary>
internal static class ClientSetup
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Configures the client.</summary>
    public static void Configure(IClientBuilder client, GrainOptions options)
    {
        var database = options.Database ?? throw new ArgumentException("A cluster needs a database.", nameof(options));
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (SiloSetup.ClusterId, SiloSetup.ClusterId));
        client.UseAdoNetClustering(o => (o.Invariant, o.DataSource) = (SiloSetup.Invariant, database));
        client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = GrainHost.ResponseTimeout);
        client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));

        // Until there is a silo, this process computes answers itself.
        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(RetryPause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return true;
        });
        if (options.TracesCalls)
            client.AddActivityPropagation();
        if (options.HasDashboard)
            client.AddDashboard(o => o.HideTrace = true);
    }
}
