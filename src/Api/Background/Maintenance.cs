using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Rollups;

namespace TelemetryKit.Api.Background;

/// <summary>The background work of every process after the start, and the drain of pending commits at the stop.</summary>
internal sealed class Maintenance(Compactor compactor, LocalProjectViews views, IngestPipeline pipeline, TimeProvider time)
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Compacts the store and removes idle views until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(compactor.RunAsync(cancellationToken), views.RunAsync(cancellationToken));

    /// <summary>Waits for the commits of the last requests.</summary>
    public Task DrainAsync() =>
        // Requests may have used up the host's shutdown timeout, so the drain has its own. Requests that it doesn't commit get no response.
        Task.WhenAny(pipeline.DrainAsync(), Task.Delay(DrainTimeout, time, CancellationToken.None));
}
