using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>The views of projects, in this process or in a cluster.</summary>
public interface IProjectViews
{
    /// <summary>
    /// Computes the answer of a question from a project's view. Stored rollups must contain the data
    /// (<see cref="StatsQuestion{TAnswer}.IsKeptInRollups"/>).
    /// </summary>
    /// <exception cref="ProjectOverloadedException">Too many calls wait for the project.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<TAnswer> AskAsync<TAnswer>(Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken);

    /// <summary>Merges committed deltas into the active views of this process. Returns immediately and never throws.</summary>
    void MergeCommitted(IReadOnlyList<RollupDelta> deltas);
}
