using TelemetryKit.Api.Server;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Background;

/// <summary>
/// Repeats work from the end of the start until the server stops. A failure is logged, and the work is retried in the next round.
/// </summary>
internal abstract class RepeatedService(Readiness readiness, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Runs <paramref name="round"/> every 20 seconds until cancelled.</summary>
    protected async Task RepeatAsync(Func<CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (readiness.IsStarted)
                    await TryAsync(round, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Logs that the store was unavailable.</summary>
    protected abstract void LogStoreUnavailable(string fault);

    /// <summary>Logs any other failure.</summary>
    protected abstract void LogFailed(Exception fault);

    /// <summary>Runs a round, and logs its failure.</summary>
    protected async Task TryAsync(Func<CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        try
        {
            await round(cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            LogStoreUnavailable(e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }
}
