using System.Collections.Concurrent;
using TelemetryKit.Api.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Sharing;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Sharing;

/// <summary>
/// The reports of shared projects. A report is computed at most once in <see cref="Limits.PublicReportAge"/>; while that happens, the
/// former one is returned. Whether a project is still shared is read from the store once in <see cref="Limits.ShareCheckAge"/>, so that a
/// page that another process removed disappears as well.
/// </summary>
internal sealed partial class PublicReports(
    IAccountStore store, IProjectStore projects, ProjectStatistics statistics, TimeProvider time, ILogger<PublicReports> logger)
{
    // Four whole weeks, which every plan keeps.
    private const int Days = 28;

    /// <summary>The most values of a list.</summary>
    public const int MostValues = 10;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    // How often a page was changed or removed. A report that was begun before isn't kept.
    private int _changes;

    /// <summary>Returns a report that needs no access to the store, or <c>null</c> if there is none.</summary>
    public PublicReportBody? FindCached(string name) =>
        _entries.TryGetValue(name, out var entry) && IsYounger(entry.CheckedAt, Limits.ShareCheckAge) ? entry.Report : null;

    /// <summary>Returns the report of a page, or <c>null</c> if there is no such page.</summary>
    /// <exception cref="StorageUnavailableException">The store is unavailable, and there is no former report.</exception>
    public async Task<PublicReportBody?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (FindCached(name) is { } cached)
            return cached;
        var changes = Volatile.Read(ref _changes);
        if (await store.Shares.FindAsync(name, cancellationToken) is not { } share)
        {
            _entries.TryRemove(name, out _);
            return null;
        }

        if (!_entries.TryGetValue(name, out var entry) || entry.Share != share)
            return await ComputeAsync(share, changes, cancellationToken);
        entry.CheckedAt = time.GetTimestamp();
        if (!IsYounger(entry.ComputedAt, Limits.PublicReportAge) && Interlocked.Exchange(ref entry.IsBeingReplaced, 1) == 0)
            _ = ReplaceAsync(share, entry, changes);
        return entry.Report;
    }

    /// <summary>Forgets the report of a project, because its page was changed or removed.</summary>
    public void Forget(Guid project)
    {
        Interlocked.Increment(ref _changes);
        foreach (var (name, entry) in _entries)
        {
            if (entry.Share.ProjectId == project)
                _entries.TryRemove(name, out _);
        }
    }

    private async Task ReplaceAsync(SharedProject share, Entry entry, int changes)
    {
        try
        {
            await ComputeAsync(share, changes, CancellationToken.None);
        }
#pragma warning disable CA1031 // No request waits for it. The next one tries again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(logger, fault);
        }

        // The entry is still there if the report wasn't kept.
        Volatile.Write(ref entry.IsBeingReplaced, 0);
    }

    private async Task<PublicReportBody?> ComputeAsync(SharedProject share, int changes, CancellationToken cancellationToken)
    {
        if (await projects.FindProjectAsync(share.ProjectId, cancellationToken) is not { } project)
            return null;
        var report = await new Report(statistics, project, share, time.Today().AddDays(-1), cancellationToken).ComputeAsync();
        var kept = new Entry(share, report, time.GetTimestamp());
        _entries[share.Name] = kept;
        // Compared after it was added: a change from now on removes it, and one before is seen here.
        if (Volatile.Read(ref _changes) != changes)
            _entries.TryRemove(new(share.Name, kept));
        RemoveSomeIfFull();
        return report;
    }

    private bool IsYounger(long timestamp, TimeSpan age) => time.GetElapsedTime(timestamp) < age;

    private void RemoveSomeIfFull()
    {
        if (_entries.Count <= Limits.PublicReports)
            return;
        foreach (var (name, _) in _entries.OrderBy(entry => entry.Value.CheckedAt).Take(Limits.PublicReports / 10))
            _entries.TryRemove(name, out _);
    }

    [LoggerMessage(LogLevel.Warning, "A public report can't be computed; the former one is kept")]
    private static partial void LogFault(ILogger logger, Exception fault);

    private sealed class Entry(SharedProject share, PublicReportBody report, long now)
    {
        public readonly SharedProject Share = share;
        public readonly PublicReportBody Report = report;
        public readonly long ComputedAt = now;
        public long CheckedAt = now;
        public int IsBeingReplaced;
    }

    /// <summary>Computes one report.</summary>
    private sealed class Report(
        ProjectStatistics statistics, Project project, SharedProject share, DateOnly to, CancellationToken cancellationToken)
    {
        private readonly PublishedNumbers _published = new(project.Secret);
        private readonly StatsQuery _query = new StatsQuery(DataEnvironment.Live, to.AddDays(1 - Days), to).For(project);

        public async Task<PublicReportBody> ComputeAsync()
        {
            var report = new PublicReportBody(
                share.Name,
                project.Name,
                _query.From,
                _query.To,
                Installs: null,
                Events: null,
                SuccessRate: null,
                Days: null,
                await ListAsync(ShareSections.Commands, "command"),
                await ListAsync(ShareSections.Versions, "version", VersionGroup.Minor),
                await ListAsync(ShareSections.Platforms, "os"),
                await ListAsync(ShareSections.Actors, "actor"));
            return share.Sections.HasFlag(ShareSections.Overview) ? await WithOverviewAsync(report) : report;
        }

        private async Task<PublicReportBody> WithOverviewAsync(PublicReportBody report)
        {
            var figures = (await statistics.AskAsync(project.Ref, new OverviewQuestion(_query), cancellationToken)).Current;
            var series = await statistics.AskAsync(project.Ref, new SeriesQuestion(_query, SeriesInterval.Day), cancellationToken);
            report = report with { Days = [.. series.Points.Select(Day)] };
            if (_published.Installs(figures.Installs, "installs") is not { } installs)
                return report;
            return report with
            {
                Installs = installs,
                Events = figures.Events is { } events ? PublishedNumbers.Events(events) : null,
                SuccessRate = figures.SuccessRate is { } rate ? Math.Round(rate, 2) : null,
            };
        }

        private PublicDayBody Day(SeriesPoint point)
        {
            var day = DateOnly.FromDateTime(point.Time.UtcDateTime);
            return new(day, _published.Installs(point.Installs, $"day:{day:yyyy-MM-dd}"));
        }

        private async Task<IReadOnlyList<PublicItemBody>?> ListAsync(
            ShareSections section, string by, VersionGroup group = VersionGroup.None)
        {
            if (!share.Sections.HasFlag(section))
                return null;
            if (!Dimension.TryParse(by, out var dimension))
                throw new ArgumentException("It is no dimension.", nameof(by));
            // All values: strangers could fill a short list with values of their own, which aren't published.
            var question = new TopQuestion(_query, dimension, Limits.SubjectsPerMonth) { Group = group };
            var answer = await statistics.AskAsync(project.Ref, question, cancellationToken);
            var published = answer.Items
                .Select(item => (item.Value, Installs: _published.Installs(item.Installs, $"{by}:{item.Value}")))
                .Where(item => item.Installs is not null).Select(item => new PublicItemBody(item.Value, item.Installs!.Value)).ToList();
            var isOrdered = group != VersionGroup.None;
            // Values are in the order of their exact numbers, which would tell these to a stranger who sends events. Groups aren't.
            if (!isOrdered)
                published.Sort((one, other) => string.CompareOrdinal(one.Value, other.Value));
            var most = published.OrderByDescending(item => item.Installs).Take(MostValues).ToList();
            return isOrdered ? published.FindAll(most.Contains) : most;
        }
    }
}
