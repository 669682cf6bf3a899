using TelemetryKit.Api.Background;

namespace TelemetryKit.Api.Start;

/// <summary>Runs the start and then what every process does beside requests; at the end, the drain of what they left behind.</summary>
internal sealed class StartService(StartSequence start, Maintenance maintenance) : BackgroundService
{
    /// <summary>Called after the last request was answered or cut off, because the server is the last to start and the first to stop.</summary>
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
            // The ordinary end.
        }
    }
}
