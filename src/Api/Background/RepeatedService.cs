using TelemetryKit.Api.Server;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Background;

/// <summary>Does rounds of work from the end of the start until the server stops. A round that fails is reported, and the next one tries again.</summary>
internal abstract class RepeatedService(Readiness readiness, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Repeats one kind of round.</summary>
    protected async Task RepeatAsync(Func<CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, Time);
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
            // The ordinary end.
        }
    }

    /// <summary>Reports that a round found no store.</summary>
    protected abstract void LogStoreAway(string fault);

    /// <summary>Reports that a round failed otherwise.</summary>
    protected abstract void LogFailed(Exception fault);

    private async Task TryAsync(Func<CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        try
        {
            await round(cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }
}
