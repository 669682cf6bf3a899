namespace TelemetryKit.Bench.Support;

/// <summary>Exact percentiles of measured values.</summary>
public static class Percentiles
{
    /// <summary>Returns the value that a <paramref name="share"/> of the sorted values is below, or NaN if there are none.</summary>
    public static double Of(IReadOnlyList<float> sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }

    /// <summary>Returns the median, or NaN if there are no values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
