using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Grains;

namespace TelemetryKit.Api.Background;

/// <summary>What every process does beside requests once the start is through; at the end, the drain of what they left behind.</summary>
internal sealed class Maintenance(Compactor compactor, LocalProjectGrains grains, IngestPipeline pipeline, TimeProvider time)
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Compacts, and lets idle grains go, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(compactor.RunAsync(cancellationToken), grains.RunAsync(cancellationToken));

    /// <summary>Waits for the commits behind the last requests.</summary>
    public Task DrainAsync() =>
        // Its own patience: requests may have used up the host's. What isn't committed by then was never answered.
        Task.WhenAny(pipeline.DrainAsync(), Task.Delay(DrainTimeout, time, CancellationToken.None));
}
