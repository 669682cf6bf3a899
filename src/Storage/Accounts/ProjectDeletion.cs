using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// Projects that were deleted but whose data remains. If the process ends before <see cref="FinishAsync"/> returns, the purge deletes the
/// rest.
/// </summary>
/// <param name="ProjectIds">The projects.</param>
/// <param name="Keys">The number of their deleted keys.</param>
internal sealed record ProjectDeletion(IReadOnlyList<Guid> ProjectIds, int Keys)
{
    /// <summary>Deletes the data. Returns the amount of deleted data and keys.</summary>
    public async Task<Removed> FinishAsync(AccountDatabase database, CancellationToken cancellationToken)
    {
        var removed = new Removed { Keys = Keys };
        foreach (var projectId in ProjectIds)
            removed = removed.Plus(await ProjectData.RemoveAsync(database, projectId, cancellationToken));
        return removed;
    }
}
