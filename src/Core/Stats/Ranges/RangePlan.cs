namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>Partitions the ranges of a question into what is loaded.</summary>
internal static class RangePlan
{
    /// <summary>Partitions a range whose days are not distinguished. Returns <c>null</c> if a day isn't loaded.</summary>
    public static WholeRange? PlanWhole(DayRange range, ILoadedRollups loaded)
    {
        List<RangePart> parts = [];
        var next = range.From;
        foreach (var month in range.WholeMonths())
        {
            if (loaded.FindMonth(month) is not { } rollup)
                continue;
            if (Days(new(next, month.AddDays(-1)), loaded) is not { } before)
                return null;
            parts.AddRange(before);
            parts.Add(new MonthPart(month, rollup));
            next = month.AddMonths(1);
        }

        if (Days(new(next, range.To), loaded) is not { } rest)
            return null;
        parts.AddRange(rest);
        return new(range, parts);
    }

    /// <summary>Partitions a range into its days. Returns <c>null</c> if a day isn't loaded.</summary>
    public static DayByDay? PlanDays(DayRange range, ILoadedRollups loaded) =>
        Days(range, loaded) is { } parts ? new(range, parts) : null;

    private static List<DailyPart>? Days(DayRange range, ILoadedRollups loaded)
    {
        List<DailyPart> parts = [];
        DateOnly? emptySince = null;
        for (var day = range.From; day <= range.To; day = day.AddDays(1))
        {
            if (!loaded.TryFindDay(day, out var rollup))
                return null;
            if (rollup is null)
            {
                emptySince ??= day;
                continue;
            }

            AddEmptyBefore(day);
            parts.Add(new DayPart(day, rollup));
        }

        AddEmptyBefore(range.To.AddDays(1));
        return parts;

        void AddEmptyBefore(DateOnly day)
        {
            if (emptySince is { } from)
                parts.Add(new KnownEmpty(from, day.AddDays(-1)));
            emptySince = null;
        }
    }
}
