using System.Globalization;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Retention;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Background;

/// <summary>What one replica does for all: notices every minute, the purge every day. Each has a loop of its own, so that a long purge keeps no notice waiting.</summary>
internal sealed partial class Chores(IAccountStore store, PlanNotices notices, DailyPurge purge, Readiness readiness, TimeProvider time, ILogger<Chores> log)
    : RepeatedService(readiness, time)
{
    private static readonly TimeSpan NoticesLease = TimeSpan.FromMinutes(2);
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Tells owners what they have to be told, where no other replica did in this minute.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var minute = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        if (!await store.Chores.TryTakeAsync("notices", minute, _holder, now, now + NoticesLease, cancellationToken))
            return;
        await notices.TellUsageAsync(cancellationToken);
        await notices.TellDowngradesAsync(cancellationToken);
        await store.Chores.FinishAsync("notices", minute, _holder, Time.GetUtcNow(), cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(TellAsync, stoppingToken), RepeatAsync(purge.RunIfDueAsync, stoppingToken));

    protected override void LogStoreAway(string fault) => LogStoreAway(log, fault);

    protected override void LogFailed(Exception fault) => LogFailed(log, fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notices and the purge wait for the store: {Fault}")]
    private static partial void LogStoreAway(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notices or the purge failed; they are tried again")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
