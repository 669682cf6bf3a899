using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Users;

/// <summary>Active, new and returning installs.</summary>
/// <param name="Query">The range and the filters.</param>
public sealed record UsersQuestion(StatsQuery Query) : StatsQuestion<UsersAnswer>(Query)
{
    internal const int DaysOfWeek = 7;
    internal const int DaysOfMonth = 30;

    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges => [];

    /// <summary>The range, and at least 30 days up to its end.</summary>
    public override DayRange DailyRange
    {
        get
        {
            var month = Query.To.AddDays(1 - DaysOfMonth);
            return new(month < Query.From ? month : Query.From, Query.To);
        }
    }

    /// <inheritdoc />
    public override UsersAnswer Compute(RollupSet rollups)
    {
        var accuracy = Accuracy.Exact;
        var days = new List<UsersDay>(Query.Days);
        for (var day = Query.From; day <= Query.To; day = day.AddDays(1))
        {
            var active = Installs(rollups, day, day, out var added, ref accuracy);
            days.Add(new UsersDay(day, active, added, added is null ? null : Math.Max(0, active!.Value - added.Value)));
        }

        return new UsersAnswer(
            days[^1].Active,
            Installs(rollups, Query.To.AddDays(1 - DaysOfWeek), Query.To, out _, ref accuracy),
            Installs(rollups, Query.To.AddDays(1 - DaysOfMonth), Query.To, out _, ref accuracy),
            days,
            accuracy);
    }

    /// <inheritdoc />
    public override Accuracy AccuracyOf(UsersAnswer answer) => answer.Accuracy;

    /// <inheritdoc />
    public override EventQuestion<UsersAnswer> FromEvents() => new UsersFromEvents(Query, DailyRange);

    private long? Installs(RollupSet rollups, DateOnly from, DateOnly to, out long? added, ref Accuracy accuracy)
    {
        var cover = rollups.Daily.Between(from, to);
        var totals = Totals.Of(cover, Query);
        var union = rollups.InstallsOf(cover);
        var installs = totals.IsKnown ? totals.Installs(union) : null;
        if (totals.IsKnown && installs is null)
            throw new InvalidOperationException("Every filter of this question keeps installs.");
        added = RollupSet.NewInstalls(cover, Query, installs, union);
        accuracy = Accuracy.Worse(accuracy, Accuracy.Of(union.RelativeError, totals.Missed));
        return installs;
    }
}
