using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Counts a project's events for the questions that rollups don't answer: from cached tables of days, and by scanning the events of the
/// others. The number of concurrent scans is bounded, tenants take turns, and questions that wait together share a scan.
/// </summary>
internal sealed class EventCounting(IEventStore events, IRollupStore rollups)
{
    private readonly SharedScans _scans = new(events);
    private readonly SharedBudget _shares = new(Resources.Scans);
    private readonly CountedDays _cache = new();

    /// <summary>Counts the events of days.</summary>
    /// <param name="project">The project.</param>
    /// <param name="query">The environment and the generation; the count has the filters.</param>
    /// <param name="ranges">The days.</param>
    /// <param name="counts">What to count.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>The result of each count.</returns>
    /// <exception cref="ResourceFullException">Too many scans of the project or the tenant wait.</exception>
    public async Task<IReadOnlyList<EventTables>> CountAsync(
        ProjectRef project,
        StatsQuery query,
        IReadOnlyList<DayRange> ranges,
        IReadOnlyList<EventCount> counts,
        CancellationToken cancellationToken)
    {
        // Read before the events: if a commit is in between, its events are counted under the former content, which isn't found again.
        var content = await rollups.ReadContentAsync(project.ProjectId, query.Environment, DayRange.Union(ranges), cancellationToken)
            .ConfigureAwait(false);
        var states = content.ToDictionary(day => day.Key, day => new CountedDays.DayState(query.Generation, day.Value));
        var counted = new List<EventTables>(counts.Count);
        foreach (var count in counts)
        {
            var job = new CountJob(project, query.Environment, count, states);
            if (!job.TryTakeAll(_cache))
                await ScanInTurnAsync(job, cancellationToken).ConfigureAwait(false);
            counted.Add(new(ranges, job.Tables));
        }

        return counted;
    }

    private async Task ScanInTurnAsync(CountJob job, CancellationToken cancellationToken)
    {
        var parties = new Parties(job.Project.TenantId, Guid.Empty, default, job.Project.ProjectId);
        if (_shares.TryTake(parties, 1) is { } full)
            throw new ResourceFullException(_shares.Resource, full);
        try
        {
            await _scans.RunAsync(job, _cache, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _shares.Return(parties, 1);
        }
    }
}
