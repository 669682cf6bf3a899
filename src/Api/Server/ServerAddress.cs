using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Server;

/// <summary>The addresses that this process listens on.</summary>
internal sealed class ServerAddress(IServer server, IHostApplicationLifetime lifetime)
{
    /// <summary>Returns an address of the server that can be used on this machine.</summary>
    public async Task<string> UrlAsync(CancellationToken cancellationToken) =>
        ListenAddresses.Reachable(await ListeningAsync(cancellationToken));

    /// <summary>
    /// Returns the addresses with their actual ports. Waits until the server has started, because the ports are known then.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> ListeningAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
        return [.. server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
    }
}
