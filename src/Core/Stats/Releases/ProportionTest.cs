namespace TelemetryKit.Core.Stats.Releases;

/// <summary>
/// The two-proportion z-test with a pooled estimate, two-sided: NIST/SEMATECH e-Handbook of Statistical Methods, section 7.3.3, "How can we
/// determine whether two processes produce the same proportion of defectives?". The normal approximation requires at least five failures
/// and five successes in each sample.
/// </summary>
internal static class ProportionTest
{
    private const long FewestOfEach = 5;

    /// <summary>
    /// Returns z, positive if the first share is larger, and the probability of at least this difference if both shares were equal;
    /// <c>null</c> if a sample is too small.
    /// </summary>
    public static (double Z, double P)? Compare(long failures, long runs, long otherFailures, long otherRuns)
    {
        if (Math.Min(failures, otherFailures) < FewestOfEach || Math.Min(runs - failures, otherRuns - otherFailures) < FewestOfEach)
            return null;
        var pooled = (double)(failures + otherFailures) / (runs + otherRuns);
        var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / runs) + (1.0 / otherRuns)));
        var z = (((double)failures / runs) - ((double)otherFailures / otherRuns)) / error;
        return (z, ComplementaryError(Math.Abs(z) / Math.Sqrt(2)));
    }

    /// <summary>
    /// The complementary error function of a number ≥ 0, with an error below 1.5 · 10⁻⁷: Abramowitz and Stegun, Handbook of Mathematical
    /// Functions, formula 7.1.26.
    /// </summary>
    private static double ComplementaryError(double x)
    {
        var t = 1 / (1 + (0.3275911 * x));
        var sum = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))));
        return sum * Math.Exp(-x * x);
    }
}
