using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Counts a project's events for the questions that rollups don't answer: from cached tables of days, and by scanning the events of the
/// others. The number of concurrent scans is bounded, and tenants take turns.
/// </summary>
internal sealed class EventCounting(IEventStore events, IRollupStore rollups)
{
    // Days that are counted together. While they are, their installs are in hash sets, which take several times the memory of a table.
    private const int DaysAtOnce = 7;

    private readonly FairQueue<Guid> _scans = new(Limits.ConcurrentScans);
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
            var job = new Job(project, query.Environment, count, states);
            if (!job.TryTakeAll(_cache))
                await ScanInTurnAsync(job, cancellationToken).ConfigureAwait(false);
            counted.Add(new(ranges, job.Tables));
        }

        return counted;
    }

    private async Task ScanInTurnAsync(Job job, CancellationToken cancellationToken)
    {
        var parties = new Parties(job.Project.TenantId, Guid.Empty, default, job.Project.ProjectId);
        if (_shares.TryTake(parties, 1) is { } full)
            throw new ResourceFullException(_shares.Resource, full);
        try
        {
            await _scans.EnterAsync(job.Project.TenantId, cancellationToken).ConfigureAwait(false);
            try
            {
                // The same question may have been counted while this one waited.
                if (!job.TryTakeAll(_cache))
                    await ScanAsync(job, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _scans.Leave();
            }
        }
        finally
        {
            _shares.Return(parties, 1);
        }
    }

    private async Task ScanAsync(Job job, CancellationToken cancellationToken)
    {
        foreach (var range in DayRange.Union(job.Missing.Select(day => new DayRange(day, day))))
        {
            for (var from = range.From; from <= range.To; from = from.AddDays(DaysAtOnce))
            {
                var to = from.AddDays(DaysAtOnce - 1);
                await ScanAsync(job, new(from, to < range.To ? to : range.To), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ScanAsync(Job job, DayRange range, CancellationToken cancellationToken)
    {
        var counter = new EventCounter(job.Count, job.Bound);
        await foreach (var batch in events.ScanAsync(QueryOf(job, counter, range), cancellationToken).ConfigureAwait(false))
            counter.Add(batch);
        job.Add(range, counter.Build(), _cache);
    }

    /// <summary>Returns the query for the events: the store evaluates the filters that it can, and the counter evaluates all.</summary>
    private static EventQuery QueryOf(Job job, EventCounter counter, DayRange range)
    {
        var query = new EventQuery(job.Project.ProjectId, job.Environment, StartOf(range.From), StartOf(range.To.AddDays(1)))
        {
            Parts = counter.Parts,
        };
        foreach (var filter in job.Count.Filters.Where(filter => !filter.Excludes))
        {
            query = (filter.Field.Name, filter.Value) switch
            {
                (_, null) => query,
                ("type", var type) => query with { Type = type },
                ("subject", var subject) => query with { Subjects = job.Count.FormerNames(subject) },
                ("version", var version) => query with { Version = version },
                ("actor", var actor) => query with { Actor = actor },
                _ => query,
            };
        }

        return query;
    }

    private static long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;

    /// <summary>One count over the days with events.</summary>
    private sealed class Job(
        ProjectRef project, DataEnvironment environment, EventCount count, IReadOnlyDictionary<DateOnly, CountedDays.DayState> states)
    {
        private readonly Dictionary<DateOnly, EventTable> _tables = [];
        private readonly string _question = count.Key;

        public ProjectRef Project => project;

        public DataEnvironment Environment => environment;

        public EventCount Count => count;

        public IReadOnlyDictionary<DateOnly, EventTable> Tables => _tables;

        /// <summary>The groups of a day that are kept.</summary>
        public int Bound { get; } = EventCounter.GroupsOf(states.Count);

        public IEnumerable<DateOnly> Missing => states.Keys.Where(day => !_tables.ContainsKey(day));

        /// <summary>Takes what is cached. Returns whether nothing is missing.</summary>
        public bool TryTakeAll(CountedDays cache)
        {
            foreach (var day in Missing.ToList())
            {
                if (cache.Find(KeyOf(day), states[day]) is { } table && (table.Floor == 0 || table.Bound >= Bound))
                    _tables.Add(day, table);
            }

            return _tables.Count == states.Count;
        }

        /// <summary>Adds the counted days of a range. Days that the counter doesn't have have no event that passes.</summary>
        public void Add(DayRange range, IReadOnlyDictionary<DateOnly, EventTable> counted, CountedDays cache)
        {
            for (var day = range.From; day <= range.To; day = day.AddDays(1))
            {
                var table = counted.GetValueOrDefault(day) ?? EventTable.Empty;
                _tables.Add(day, table);
                cache.Add(KeyOf(day), states[day], table);
            }
        }

        private CountedDays.DayKey KeyOf(DateOnly day) => new(project.ProjectId, environment, day, _question);
    }
}
