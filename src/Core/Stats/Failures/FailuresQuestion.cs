using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Failures;

/// <summary>Failures by exit code, version and operating system.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Limit">The largest number of items in the answer.</param>
public sealed record FailuresQuestion(StatsQuery Query, int Limit) : EventQuestion<FailuresAnswer>(Query)
{
    private static readonly EventField ExitCode = EventField.Of("exit_code");
    private static readonly EventField Version = EventField.Of("version");
    private static readonly EventField Os = EventField.Of("os");
    private static readonly EventField Success = EventField.Of("success");

    /// <inheritdoc />
    public override IReadOnlyList<EventCount> Counts =>
    [
        (Query with { Filters = [.. Query.Filters, new(Success, "false")] }).Count(ExitCode, Version, Os),
        Query.Count(Success, Version, Os),
        // A failure with several exit codes is in several groups of the first count, and groups can be missing from both.
        Query.Count(Success),
    ];

    /// <inheritdoc />
    public override FailuresAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var failures = counted[0].Merge(Query.From, Query.To);
        var outcomes = counted[1].Merge(Query.From, Query.To);
        var runs = outcomes.Groups.Where(group => group.Key.First is not null).ToLookup(
            group => (group.Key.Second, group.Key.Third), group => group.Value);
        var all = counted[2].Merge(Query.From, Query.To).Groups.Where(group => group.Key.First is not null).ToList();
        var (ofAll, failed) = (all.Sum(group => group.Value.Events), all.Sum(group => group.Value.Failures));
        var listed = failures.Ordered.Take(Limit).ToList();
        var items = listed.ConvertAll(failure =>
        {
            var (key, totals) = failure;
            var known = runs[(key.Second, key.Third)].ToList();
            long? ofVersion = outcomes.Floor > 0 ? null : known.Sum(group => group.Events);
            return new FailureItem(
                GroupKey.Reported(key.First),
                GroupKey.Reported(key.Second),
                GroupKey.Reported(key.Third),
                totals.Events,
                totals.Installs.Count,
                Rounded.Rate((double)totals.Events / failed),
                ofVersion,
                ofVersion > 0 ? Rounded.Rate((double)totals.Events / ofVersion.Value) : null,
                totals.FirstSeen,
                totals.LastSeen);
        });
        return new(
            ofAll,
            failed,
            ofAll > 0 ? Rounded.Rate((double)failed / ofAll) : null,
            failures.Total - items.Sum(item => item.Failures),
            items,
            Estimates.AccuracyOf(
                listed.Select(group => group.Value),
                Math.Max(failures.UnlistedMax(listed.Select(group => group.Key).ToHashSet()), outcomes.Floor)));
    }
}
