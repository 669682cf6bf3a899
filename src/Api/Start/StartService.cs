using TelemetryKit.Api.Background;
using TelemetryKit.Api.Cluster;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Api.Start;

/// <summary>Runs the start sequence and then the background work, and drains pending commits at the stop.</summary>
internal sealed class StartService(
    StartSequence start, Maintenance maintenance, GrainStart grains, Readiness readiness, ServerSettings settings, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>
    /// Reports that the server isn't ready any more. In a cluster it still serves requests for a short time, so that a load balancer
    /// notices.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.SetStopping();
        if (settings.Cluster.Role != ClusterRole.Off && readiness.IsStarted)
            await Task.Delay(ClusterSettings.StopDelay, time, cancellationToken);
    }

    /// <summary>Stops the background work. No requests are running by then, because the web server starts last and stops first.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await maintenance.DrainAsync();
        await grains.StopAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await start.RunAsync(stoppingToken))
                await maintenance.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
