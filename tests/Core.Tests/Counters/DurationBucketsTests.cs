using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class DurationBucketsTests
{
    [Fact]
    public void Every_duration_is_within_one_percent_of_the_middle_of_its_bucket()
    {
        var worst = 0.0;
        for (var ms = DurationBuckets.Shortest; ms < DurationBuckets.Longest; ms *= 1.0007f)
        {
            var bucket = DurationBuckets.Of(ms);
            Assert.InRange(bucket, 0, DurationBuckets.Count - 1);
            worst = Math.Max(worst, Math.Abs((DurationBuckets.Middle(bucket) / ms) - 1));
        }

        // 1 ÷ 129 by construction; a smaller maximum would mean that the buckets are finer than necessary.
        Assert.InRange(worst, 0.007, 0.0078);
    }

    [Fact]
    public void Longer_durations_never_have_lower_buckets()
    {
        var previous = 0;
        for (var ms = 0f; ms < DurationBuckets.Longest; ms = (ms * 1.01f) + 0.0001f)
        {
            Assert.InRange(DurationBuckets.Of(ms), previous, DurationBuckets.Count - 1);
            previous = DurationBuckets.Of(ms);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-5f)]
    [InlineData(1e-9f)]
    [InlineData(float.NegativeInfinity)]
    public void Too_short_counts_as_zero(float ms) => Assert.Equal(0, DurationBuckets.Middle(DurationBuckets.Of(ms)));

    [Theory]
    [InlineData(1e20f)]
    [InlineData(float.PositiveInfinity)]
    public void Too_long_counts_as_a_year(float ms) => Assert.Equal(DurationBuckets.Count - 1, DurationBuckets.Of(ms));

    [Fact]
    public void No_duration_has_no_bucket() => Assert.Equal(DurationBuckets.None, DurationBuckets.Of(float.NaN));

    [Fact]
    public void Quantiles_are_within_one_percent_over_many_distributions()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var spread = 0.1 + (random.NextDouble() * 4);
            var durations = Enumerable.Range(0, 1 + random.Next(3_000))
                .Select(_ => (float)Math.Exp((random.NextDouble() * spread * 2) - spread + 4))
                .ToArray();
            var counts = new long[DurationBuckets.Count];
            Counted(durations).AddTo(counts);
            Array.Sort(durations);
            foreach (var q in new[] { 0, 0.25, 0.5, 0.95, 0.99, 1 })
            {
                // By definition: the smallest duration that is at least as long as a share q of all.
                double exact = durations[Enumerable.Range(0, durations.Length).First(i => i + 1 >= (q * durations.Length) - 1e-6)];
                Assert.InRange(DurationBuckets.Quantile(counts, q)!.Value / exact, 0.99, 1.01);
            }
        }
    }

    [Theory]
    [InlineData(new[] { 100f }, 0.95, 100)]
    [InlineData(new[] { 120f, 5_123f }, 0.95, 5_123)]
    [InlineData(new[] { 120f, 5_123f }, 0.5, 120)]
    [InlineData(new[] { 100f, 200f, 1_000f }, 0.95, 1_000)]
    [InlineData(new[] { 100f, 200f, 1_000f }, 0.5, 200)]
    public void Percentiles_of_few_durations_are_the_expected_durations(float[] durations, double q, double expected)
    {
        var counts = new long[DurationBuckets.Count];
        Counted(durations).AddTo(counts);
        Assert.InRange(DurationBuckets.Quantile(counts, q)!.Value / expected, 0.99, 1.01);
    }

    [Fact]
    public void No_durations_have_no_quantile() => Assert.Null(DurationBuckets.Quantile(new long[DurationBuckets.Count], 0.5));

    [Fact]
    public void Counts_do_not_depend_on_representation_and_order_of_merging()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            // Narrow ranges become arrays, wide ones stay lists, and some are converted in both directions.
            var random = new Random(seed);
            var width = 1 + random.Next(DurationBuckets.Count);
            var expected = new long[DurationBuckets.Count];
            var parts = Enumerable.Range(0, 4).Select(_ => new BucketCounts()).ToArray();
            for (var i = random.Next(2_000); i > 0; i--)
            {
                var bucket = random.Next(random.Next(20) == 0 ? DurationBuckets.Count : width);
                expected[bucket]++;
                parts[random.Next(4)].Add(bucket);
            }

            random.Shuffle(parts);
            var sum = new BucketCounts();
            foreach (var part in parts)
                sum.MergeFrom(part);
            var counts = new long[DurationBuckets.Count];
            sum.AddTo(counts);
            Assert.Equal(expected, counts);
            Assert.Equal(expected.Count(n => n != 0), sum.Used);
            var listed = new List<(int, uint)>();
            foreach (var bucket in sum)
                listed.Add(bucket);
            Assert.Equal(expected.Select((n, i) => (i, (uint)n)).Where(b => b.Item2 != 0), listed);
        }
    }

    [Fact]
    public void A_count_saturates()
    {
        var counts = new BucketCounts();
        counts.Add(3, uint.MaxValue);
        counts.Add(3);
        var other = new BucketCounts();
        other.Add(3, 5);
        counts.MergeFrom(other);
        foreach (var (_, count) in counts)
            Assert.Equal(uint.MaxValue, count);
    }

    private static BucketCounts Counted(float[] durations)
    {
        var counts = new BucketCounts();
        foreach (var ms in durations)
            counts.Add(DurationBuckets.Of(ms));
        return counts;
    }
}
