using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Tests;

/// <summary>Reads of ranges of days and of months.</summary>
internal static class RollupReads
{
    public static async Task<IReadOnlyList<DayState>> ReadDaysAsync(
        this IRollupStore rollups,
        Guid projectId,
        DataEnvironment environment,
        DateOnly from,
        DateOnly to,
        IReadOnlyDictionary<DateOnly, KnownDay> known,
        CancellationToken cancellationToken) =>
        (await rollups.ReadAsync(projectId, environment, new() { Days = [new(from, to)], KnownDays = known }, cancellationToken)).Days;

    /// <summary>Returns the months from that of <paramref name="from"/> to that of <paramref name="to"/> that count.</summary>
    public static async Task<IReadOnlyList<MonthState>> ReadMonthsAsync(
        this IRollupStore rollups,
        Guid projectId,
        DataEnvironment environment,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken)
    {
        List<DateOnly> months = [];
        for (var month = new DateOnly(from.Year, from.Month, 1); month <= to; month = month.AddMonths(1))
            months.Add(month);
        return (await rollups.ReadAsync(projectId, environment, new() { Months = months }, cancellationToken)).Months;
    }
}
