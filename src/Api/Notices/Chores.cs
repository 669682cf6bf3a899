using System.Globalization;
using TelemetryKit.Api.Operations;
using TelemetryKit.Grains.Accounts.Storage;
using TelemetryKit.Grains.Retention;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Api.Notices;

/// <summary>What one replica does for all: notices every minute, the purge every day. Each has a loop of its own, so that a long purge keeps no notice waiting.</summary>
internal sealed partial class Chores(IAccountStore store, PlanNotices notices, DailyPurge purge, Readiness readiness, TimeProvider time, ILogger<Chores> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NoticesLease = TimeSpan.FromMinutes(2);
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Tells owners what they have to be told, where no other replica did in this minute.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var minute = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        if (!await store.Chores.TryTakeAsync("notices", minute, _holder, now, now + NoticesLease, cancellationToken))
            return;
        await notices.TellUsageAsync(cancellationToken);
        await notices.TellDowngradesAsync(cancellationToken);
        await store.Chores.FinishAsync("notices", minute, _holder, time.GetUtcNow(), cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(TellAsync, stoppingToken), RepeatAsync(purge.RunIfDueAsync, stoppingToken));

    private async Task RepeatAsync(Func<CancellationToken, Task> chore, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (readiness.IsStarted)
                    await TryAsync(chore, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The ordinary end.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> chore, CancellationToken cancellationToken)
    {
        try
        {
            await chore(cancellationToken);
        }
        catch (StorageUnavailableException e)
        {
            LogStoreAway(log, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notices and the purge wait for the store: {Fault}")]
    private static partial void LogStoreAway(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notices or the purge failed; they are tried again")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
