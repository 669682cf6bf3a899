using TelemetryKit.Api.Server;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Background;

/// <summary>
/// Periodic cleanup: stores when keys were last used, deletes expired sessions, one-time tokens and invitations, and deletes data that
/// arrived for a project after its deletion. Every replica runs it; the work is idempotent.
/// </summary>
internal sealed partial class CleanupService(
    IAccountStore store, IKeyStore keys, KeyUses uses, Readiness readiness, TimeProvider time, ILogger<CleanupService> log)
    : RepeatedService(readiness, time)
{
    /// <summary>
    /// The time after its deletion at which a project can no longer receive data: longer than a key is cached and a commit takes.
    /// </summary>
    public static readonly TimeSpan PurgeAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromHours(1);
    private DateTimeOffset _expiredDeletedAt;

    /// <summary>Runs the cleanup once.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        await uses.WriteAsync(keys, cancellationToken);
        await store.Projects.PurgeAsync(now - PurgeAfter, cancellationToken);
        if (now - _expiredDeletedAt < ExpiryInterval)
            return;
        await store.Sessions.ForgetExpiredAsync(now, cancellationToken);
        _expiredDeletedAt = now;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RepeatAsync(RunOnceAsync, stoppingToken);

    protected override void LogStoreUnavailable(string fault) => LogStoreUnavailable(log, fault);

    protected override void LogFailed(Exception fault) => LogFailed(log, fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; the cleanup of accounts is retried: {Fault}")]
    private static partial void LogStoreUnavailable(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cleanup of accounts failed and is retried")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
