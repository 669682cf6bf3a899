namespace TelemetryKit.Bench.Support;

/// <summary>Percentiles of all measured values, not of a sketch.</summary>
public static class Percentiles
{
    /// <summary>The value below which <paramref name="share"/> of the sorted values lie; NaN where there are none.</summary>
    public static double Of(IReadOnlyList<float> sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }

    /// <summary>The median; NaN where there are no values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
