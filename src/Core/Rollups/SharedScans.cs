using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Scans events for counts. A few scans run at once, and tenants take turns. A dashboard page asks about a dozen questions with the same
/// filters: those that wait for their turn together are counted in one scan, and equal ones only once.
/// </summary>
internal sealed class SharedScans(IEventStore events)
{
    // Days that are counted together, of one count. While they are, their installs are in hash sets, which take several times the memory
    // of a table. With several counts there are fewer days.
    private const int DaysAtOnce = 7;

    private readonly FairQueue<Guid> _turns = new(Limits.ConcurrentScans);
    private readonly Lock _lock = new();
    private readonly Dictionary<ScanKey, Scan> _waiting = [];

    /// <summary>Counts what a job misses. If the caller leaves, the scan continues for the other jobs, or ends if there are none.</summary>
    public async Task RunAsync(CountJob job, CountedDays cache, CancellationToken cancellationToken)
    {
        var scan = Join(job, cache);
        try
        {
            await scan.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(scan, job);
        }
    }

    private Scan Join(CountJob job, CountedDays cache)
    {
        var key = ScanKey.Of(job);
        Scan? scan;
        lock (_lock)
        {
            if (_waiting.TryGetValue(key, out scan))
            {
                scan.Jobs.Add(job);
                scan.Clients++;
                if (scan.Jobs.Count == Limits.QueriesPerScan)
                    _waiting.Remove(key);
                return scan;
            }

            scan = new(key, job) { Clients = 1 };
            _waiting.Add(key, scan);
        }

        _ = RunAsync(scan, cache);
        return scan;
    }

    private void Leave(Scan scan, CountJob job)
    {
        lock (_lock)
        {
            // A running scan has its own list of jobs.
            scan.Jobs.Remove(job);
            if (--scan.Clients > 0 || scan.Done.Task.IsCompleted)
                return;
            Close(scan);
        }

        scan.Ending.Cancel();
    }

    // A closed scan takes no more jobs.
    private void Close(Scan scan)
    {
        if (_waiting.GetValueOrDefault(scan.Key) == scan)
            _waiting.Remove(scan.Key);
    }

    private async Task RunAsync(Scan scan, CountedDays cache)
    {
        try
        {
            await _turns.EnterAsync(scan.Key.TenantId, scan.Ending.Token).ConfigureAwait(false);
            try
            {
                List<CountJob> jobs;
                lock (_lock)
                {
                    Close(scan);
                    jobs = [.. scan.Jobs];
                }

                // The same questions may have been counted while these waited.
                jobs.RemoveAll(job => job.TryTakeAll(cache));
                await CountAsync(jobs, cache, scan.Ending.Token).ConfigureAwait(false);
            }
            finally
            {
                _turns.Leave();
            }

            scan.Done.SetResult();
        }
        catch (OperationCanceledException)
        {
            scan.Done.SetCanceled();
        }
        catch (Exception e)
        {
            scan.Done.SetException(e);
            // Observed, even if all clients have left.
            _ = scan.Done.Task.Exception;
        }
    }

    private async Task CountAsync(List<CountJob> jobs, CountedDays cache, CancellationToken cancellationToken)
    {
        var counts = jobs.GroupBy(job => (job.Key, job.Bound)).Select(group => group.ToList()).ToList();
        var length = Math.Max(1, DaysAtOnce / Math.Max(1, counts.Count));
        foreach (var range in DayRange.Union(jobs.SelectMany(job => job.Missing).Select(day => new DayRange(day, day))))
        {
            for (var from = range.From; from <= range.To; from = from.AddDays(length))
            {
                var to = from.AddDays(length - 1);
                await CountAsync(counts, new(from, to < range.To ? to : range.To), cache, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CountAsync(List<List<CountJob>> counts, DayRange range, CountedDays cache, CancellationToken cancellationToken)
    {
        var days = Enumerable.Range(0, range.To.DayNumber - range.From.DayNumber + 1).Select(range.From.AddDays).ToList();
        var needed = counts.Where(jobs => jobs.Any(job => days.Any(job.IsMissing)))
            .Select(jobs => (Jobs: jobs, Counter: new EventCounter(jobs[0].Count, jobs[0].Bound))).ToList();
        var query = QueryOf(needed[0].Jobs[0], [.. needed.Select(count => count.Jobs[0].Count)], range) with
        {
            Parts = needed.Aggregate(EventParts.None, (parts, count) => parts | count.Counter.Parts),
        };
        await foreach (var batch in events.ScanAsync(query, cancellationToken).ConfigureAwait(false))
        {
            foreach (var (_, counter) in needed)
                counter.Add(batch);
        }

        foreach (var (jobs, counter) in needed)
        {
            var tables = counter.Build();
            foreach (var job in jobs)
            {
                // Days that the counter doesn't have have no event that passes.
                foreach (var day in days.Where(job.IsMissing))
                    job.Add(day, tables.GetValueOrDefault(day) ?? EventTable.Empty, cache);
            }
        }
    }

    /// <summary>
    /// Returns the query for the events: the store evaluates the filters that it can and that all counts have, and the counters evaluate
    /// all.
    /// </summary>
    private static EventQuery QueryOf(CountJob job, IReadOnlyList<EventCount> counts, DayRange range)
    {
        var query = EventQuery.OfDays(job.Project.ProjectId, job.Environment, range.From, range.To);
        foreach (var filter in counts[0].Filters.Where(filter => counts.All(count => count.Filters.Contains(filter))))
            query = filter.Narrow(query, counts[0].FormerNames);
        return query;
    }

    /// <summary>Jobs that are counted together.</summary>
    private sealed class Scan(ScanKey key, CountJob first)
    {
        public ScanKey Key => key;

        public List<CountJob> Jobs { get; } = [first];

        /// <summary>The number of clients that wait for it.</summary>
        public int Clients { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Ending { get; } = new();
    }

    /// <summary>Jobs with the same key share a scan.</summary>
    /// <param name="TenantId">The tenant.</param>
    /// <param name="ProjectId">The project.</param>
    /// <param name="Environment">Live or test.</param>
    /// <param name="Filters">
    /// The filters except that by type, which a list of commands has in addition. The names of subjects depend on the aliases.
    /// </param>
    private readonly record struct ScanKey(Guid TenantId, Guid ProjectId, DataEnvironment Environment, string Filters)
    {
        public static ScanKey Of(CountJob job)
        {
            var filters = job.Count.Filters.Where(filter => filter.Field.Name != "type").ToList();
            return new(
                job.Project.TenantId, job.Project.ProjectId, job.Environment,
                new EventCount(filters) { Aliases = job.Count.Aliases }.Key);
        }
    }
}
