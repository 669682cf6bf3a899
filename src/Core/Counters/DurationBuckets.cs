namespace TelemetryKit.Core.Counters;

/// <summary>
/// The buckets that durations are counted in: any quantile is within 1 % of the true value. This is DDSketch (Masson, Rim, Lee:
/// "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019) with the logarithm interpolated
/// linearly between powers of two: the bucket is the exponent and the first six bits of the mantissa of the float itself, so that finding
/// it is one shift. With 64 buckets to each power of two, the widest spans 1 to 1 + 1/64, and its harmonic middle is within 1 ÷ 129 =
/// 0.78 % of everything in it.
/// </summary>
internal static class DurationBuckets
{
    /// <summary>
    /// The shortest duration that isn't counted as 0, in milliseconds: about a microsecond, and the lower bound of bucket 1. Shorter
    /// durations have bucket 0.
    /// </summary>
    public const float Shortest = 33f / 32_768;

    /// <summary>The longest duration with a bucket of its own, in milliseconds: 365 days. Longer ones count as this.</summary>
    public const float Longest = 365f * 24 * 60 * 60 * 1000;

    /// <summary>The bucket of an event without a duration.</summary>
    public const int None = -1;

    private const int MantissaBits = 6;
    private const int Shift = 23 - MantissaBits;

    /// <summary>The number of buckets.</summary>
    public static readonly int Count = Raw(Longest) - Raw(Shortest) + 2;

    private static readonly int Lowest = Raw(Shortest) - 1;

    /// <summary>Returns the bucket of a duration in milliseconds, or <see cref="None"/> for NaN.</summary>
    public static int Of(float milliseconds)
    {
        if (float.IsNaN(milliseconds))
            return None;
        return milliseconds < Shortest ? 0 : Raw(Math.Min(milliseconds, Longest)) - Lowest;
    }

    /// <summary>
    /// Returns the duration in milliseconds that represents a bucket: 2·l·u ÷ (l + u), which has the same relative error to both ends. It
    /// is 0 for bucket 0, also in rollups from before this was so: they counted the same durations in it.
    /// </summary>
    public static double Middle(int bucket)
    {
        if (bucket == 0)
            return 0;
        double lower = BitConverter.Int32BitsToSingle((bucket + Lowest) << Shift);
        double upper = BitConverter.Int32BitsToSingle((bucket + Lowest + 1) << Shift);
        return 2 * lower * upper / (lower + upper);
    }

    /// <summary>
    /// Returns the quantile <paramref name="q"/> (0…1) of the counted durations in milliseconds, or <c>null</c> if there are none.
    /// Element <c>i</c> of <paramref name="counts"/> is the count of bucket <c>i</c>.
    /// </summary>
    public static double? Quantile(ReadOnlySpan<long> counts, double q)
    {
        long total = 0;
        foreach (var count in counts)
            total += count;
        if (total == 0)
            return null;

        // The nearest rank: the smallest duration that is at least as long as a share q of all. The paper's lower quantile, ⌊q (n − 1)⌋,
        // would return the faster of two runs as their 95th percentile. 1e-6 compensates for products such as 0.07 · 100, which are
        // rounded up.
        var rank = Math.Max(1, (long)Math.Ceiling((q * total) - 1e-6));
        long seen = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= rank)
                return Middle(bucket);
        }

        return null;
    }

    private static int Raw(float milliseconds) => BitConverter.SingleToInt32Bits(milliseconds) >> Shift;
}
