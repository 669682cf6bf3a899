using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>
/// Sends recorded events after all other services of the host have stopped, so that their last events are included. Events that cannot be
/// sent in time remain on disk for the next start.
/// </summary>
internal sealed class FlushAtStop(ITelemetryClient client, IOptions<TelemetryHostingOptions> options) : IHostedLifecycleService
{
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.FlushTimeout);
        await client.FlushAsync(timeout.Token).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
