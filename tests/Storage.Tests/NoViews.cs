using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Tests;

/// <summary>Views that ignore commits and compute nothing, for tests of the store alone.</summary>
internal sealed class NoViews : IProjectViews
{
    public Task<TAnswer> AskAsync<TAnswer>(
        Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void MergeCommitted(IReadOnlyList<RollupDelta> deltas)
    {
    }
}
