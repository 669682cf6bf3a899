using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>The views of projects: in this process, or elsewhere in a cluster.</summary>
public interface IProjectViews
{
    /// <summary>Asks a project's view a question that rollups can answer (<see cref="StatsQuestion{TAnswer}.IsKeptInRollups"/>).</summary>
    /// <exception cref="ProjectOverloadedException">Too many calls wait for the project.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<TAnswer> AskAsync<TAnswer>(Guid projectId, StatsQuestion<TAnswer> question);

    /// <summary>Merges committed deltas into the views of this process that are active. Returns at once and never throws.</summary>
    void MergeCommitted(IReadOnlyList<RollupDelta> deltas);
}
