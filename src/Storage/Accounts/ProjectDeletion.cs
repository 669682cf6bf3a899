using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Projects whose deletion is committed, and whose data is still there. What is not finished, because the process ends, is left to the purge.</summary>
/// <param name="ProjectIds">The projects.</param>
/// <param name="Keys">The keys that went with them.</param>
internal sealed record ProjectDeletion(IReadOnlyList<Guid> ProjectIds, int Keys)
{
    /// <summary>Takes the data. Answers all that went.</summary>
    public async Task<Removed> FinishAsync(AccountDatabase database, CancellationToken cancellationToken)
    {
        var removed = new Removed { Keys = Keys };
        foreach (var projectId in ProjectIds)
            removed = removed.Plus(await ProjectData.RemoveAsync(database, projectId, cancellationToken));
        return removed;
    }
}
