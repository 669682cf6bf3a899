namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>Checks that parts contain each day of a range exactly once.</summary>
internal static class Partition
{
    /// <summary>Throws if the parts have a gap or overlap, or if they begin or end at another day than the range.</summary>
    /// <exception cref="ArgumentException">The parts aren't a partition of the range.</exception>
    public static void Check(DayRange range, IReadOnlyList<RangePart> parts)
    {
        var next = range.From;
        foreach (var part in parts)
        {
            if (part.From != next || part.To < part.From)
                throw new ArgumentException(
                    $"The parts of {range} have a gap or overlap at {next:O}: the next one begins on {part.From:O}.");
            next = part.To.AddDays(1);
        }

        if (next != range.To.AddDays(1))
            throw new ArgumentException($"The parts of {range} end before {next:O}.");
    }
}
