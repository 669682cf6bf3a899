using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Erasures;

/// <summary>
/// Erases what users asked for. Projects take turns, so that many erasures of one don't delay those of others, and a round ends after
/// <see cref="Limits.ErasureRound"/>. An erasure is completed in the transaction that deletes the data, so a process that is killed loses
/// and repeats nothing.
/// </summary>
internal sealed class ErasureJob(IAccountStore store, ProjectStatistics statistics, TimeProvider time)
{
    private const int PageSize = 100;

    // The project that had its turn last.
    private Guid _last;

    /// <summary>Runs a round.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await store.Erasures.ForgetAsync(time.GetUtcNow() - Limits.ReceiptAge, cancellationToken);
        await store.Erasures.CompleteUnknownAsync(time.GetUtcNow(), cancellationToken);
        while (true)
        {
            var page = await store.Erasures.ListNextAsync(_last, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                if (_last == Guid.Empty)
                    return;
                _last = Guid.Empty;
                continue;
            }

            foreach (var waiting in page)
            {
                if (time.GetElapsedTime(started) >= Limits.ErasureRound)
                    return;
                // Before the work, so that a project whose erasure fails has its turn after all others.
                _last = waiting.ProjectId;
                var project = waiting.ProjectId.ToString();
                var line = new AuditLine(default, AuditActions.InstallErasedByUser, time.GetUtcNow(), project, "by its user");
                await statistics.DeleteInstallAsync(
                    waiting.ProjectId, waiting.Install, new DeletionRecord(line, waiting.Id), cancellationToken);
            }
        }
    }
}
