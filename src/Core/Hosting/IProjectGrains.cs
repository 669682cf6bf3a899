using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Hosting;

/// <summary>Where project grains live: in this process, or somewhere in a cluster. The caller can't tell.</summary>
public interface IProjectGrains
{
    /// <summary>The project's grain. Cheap: it is activated by its first call.</summary>
    IProjectGrain Get(Guid projectId);

    /// <summary>Tells the grains that are active of deltas that were committed. One way; never blocks and never throws.</summary>
    void Hear(IReadOnlyList<RollupDelta> deltas);
}
