using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>
/// Sends what was recorded when everything else in the host has stopped, so that the last requests are in it. What cannot be sent in
/// time waits on disk for the next start.
/// </summary>
internal sealed class FlushAtStop(ITelemetryClient client, IOptions<TelemetryHostingOptions> options) : IHostedLifecycleService
{
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Value.FlushTimeout);
        await client.FlushAsync(patience.Token).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
