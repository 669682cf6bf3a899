using TelemetryKit.Api.Server;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Background;

/// <summary>What has to be done now and then: last uses are written down, what expired is forgotten, and what arrived for a project after it was deleted is taken away. Every replica does it; it does no harm twice.</summary>
internal sealed partial class Upkeep(IAccountStore store, IKeyStore keys, KeyUses uses, Readiness readiness, TimeProvider time, ILogger<Upkeep> log)
    : RepeatedService(readiness, time)
{
    /// <summary>How long after its deletion nothing can arrive for a project any more: longer than a key is trusted and a commit takes.</summary>
    public static readonly TimeSpan PurgeAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);
    private DateTimeOffset _forgotAt;

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        await uses.WriteAsync(keys, cancellationToken);
        await store.Projects.PurgeAsync(now - PurgeAfter, cancellationToken);
        if (now - _forgotAt < ForgetEvery)
            return;
        await store.Sessions.ForgetExpiredAsync(now, cancellationToken);
        _forgotAt = now;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RepeatAsync(RunOnceAsync, stoppingToken);

    protected override void LogStoreAway(string fault) => LogStoreAway(log, fault);

    protected override void LogFailed(Exception fault) => LogFailed(log, fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upkeep of accounts waits for the store: {Fault}")]
    private static partial void LogStoreAway(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of the upkeep of accounts failed; the next one tries again")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
