using TelemetryKit.Api.Background;

namespace TelemetryKit.Api.Start;

/// <summary>Runs the start sequence and then the background work, and drains pending commits at the stop.</summary>
internal sealed class StartService(StartSequence start, Maintenance maintenance) : BackgroundService
{
    /// <summary>Stops the background work. No requests are running by then, because the web server starts last and stops first.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await maintenance.DrainAsync();
    }

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
