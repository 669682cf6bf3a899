using System.Data.Common;
using TelemetryKit.Api.Settings;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Api.Cluster;

/// <summary>Starts and stops the silo or client of this process.</summary>
internal sealed partial class GrainStart(GrainHost host, ServerSettings settings, TimeProvider time, ILogger<GrainStart> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);
    private Task _start = Task.CompletedTask;

    /// <summary>Starts what needs no database: the silo of a process on its own.</summary>
    public Task StartWithoutDatabaseAsync() =>
        // It takes less than a second, and a silo that is cancelled logs errors.
        _start = settings.Cluster.Role == ClusterRole.Off ? host.StartAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>Starts what needs the migrated database: the silo of a member, or a client.</summary>
    public async Task StartWithDatabaseAsync(CancellationToken cancellationToken)
    {
        if (settings.Cluster.Role == ClusterRole.Member)
            await StartMemberAsync(cancellationToken);
        // A client is ready without silos: until there are some, it computes answers itself.
        else if (settings.Cluster.Role == ClusterRole.Client)
            _start = StartMemberAsync(cancellationToken);
    }

    /// <summary>Stops the silo or client: its grains are activated on other members.</summary>
    public async Task StopAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout, time);
        try
        {
            await _start.WaitAsync(timeout.Token);
            await host.StopAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (settings.Cluster.Role == ClusterRole.Client)
        {
            // It was still looking for silos.
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            LogNotStopped(log, fault.Message);
        }
    }

    private async Task StartMemberAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await host.StartAsync(cancellationToken);
                return;
            }
            catch (Exception fault) when (fault is DbException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                LogWaiting(log, fault.Message);
                await host.ResetAsync();
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for the cluster: {Fault}")]
    private static partial void LogWaiting(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo was not stopped in order; its peers will notice that it is gone: {Fault}")]
    private static partial void LogNotStopped(ILogger log, string fault);
}
