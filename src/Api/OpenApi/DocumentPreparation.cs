using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.OpenApi;

/// <summary>
/// Creates the OpenAPI document some seconds after the server is ready, so that neither the start nor a request waits for it.
/// </summary>
internal sealed class DocumentPreparation(CachedDocument document, Readiness readiness, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (!readiness.IsStarted)
                await timer.WaitForNextTickAsync(stoppingToken);
            await timer.WaitForNextTickAsync(stoppingToken);
            // If it can't be created, requests for it fail, but not the server.
            await document.CreateAsync().WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
