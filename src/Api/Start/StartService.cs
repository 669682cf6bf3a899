using TelemetryKit.Grains.Compaction;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Grains.Ingest;

namespace TelemetryKit.Api.Start;

/// <summary>What runs beside requests once the start is through; at the end, the drain of what they left behind.</summary>
internal sealed class Background(StartSequence start, Compactor compactor, LocalProjectGrains grains, IngestPipeline pipeline, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Called after the last request was answered or cut off, because the server is the last to start and the first to stop.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Its own patience: requests may have used up the host's. What isn't committed by then was never answered.
        await Task.WhenAny(pipeline.DrainAsync(), Task.Delay(DrainTimeout, time, CancellationToken.None));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await start.RunAsync(stoppingToken))
                await Task.WhenAll(compactor.RunAsync(stoppingToken), grains.RunAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The ordinary end.
        }
    }
}
