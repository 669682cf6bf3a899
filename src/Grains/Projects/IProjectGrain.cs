using Orleans.Concurrency;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Grains.Projects;

/// <summary>
/// The view of a project: the one in the cluster that computes answers from its rolling counters. The key is the id of the project.
/// Questions and answers aren't changed after they were created, so they are passed without a copy inside a process.
/// </summary>
[Alias("project")]
[Orleans.CodeGeneration.Version(1)]
[GrainInterfaceType("telemetrykit.project")]
internal interface IProjectGrain : IGrainWithGuidKey
{
    /// <summary>Computes the figures of a range.</summary>
    [Alias("overview")]
    Task<Immutable<OverviewAnswer>> OverviewAsync(Immutable<OverviewQuestion> question, CancellationToken cancellationToken);

    /// <summary>Computes the values of a dimension.</summary>
    [Alias("top")]
    Task<Immutable<TopAnswer>> TopAsync(Immutable<TopQuestion> question, CancellationToken cancellationToken);

    /// <summary>Computes the events over time.</summary>
    [Alias("series")]
    Task<Immutable<SeriesAnswer>> SeriesAsync(Immutable<SeriesQuestion> question, CancellationToken cancellationToken);

    /// <summary>Computes the active installs.</summary>
    [Alias("users")]
    Task<Immutable<UsersAnswer>> UsersAsync(Immutable<UsersQuestion> question, CancellationToken cancellationToken);
}
