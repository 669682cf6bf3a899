using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Core.Tests.Stats;

public class RoundedTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(0.0, 0.0)]
    [InlineData(12345.678, 12345.7)]
    [InlineData(123.456, 123.5)]
    [InlineData(12.346, 12.35)]
    [InlineData(1.23456, 1.235)]
    [InlineData(0.98766, 0.9877)]
    [InlineData(0.0123456, 0.01235)]
    [InlineData(1e-30, 0.0)]
    public void Milliseconds_have_one_decimal_or_four_digits(double? exact, double? rounded) =>
        Assert.Equal(rounded, Rounded.Milliseconds(exact));

    [Fact]
    public void A_duration_is_within_one_percent_after_its_bucket_and_rounding()
    {
        for (var ms = DurationBuckets.Shortest; ms < DurationBuckets.Longest; ms *= 1.0003f)
            Assert.InRange(Reported(ms) / ms, 0.99, 1.01);
        Assert.InRange(Reported(1.03124f) / 1.03124, 0.99, 1.01);
    }

    [Fact]
    public void A_duration_of_zero_is_reported_as_zero() => Assert.Equal(0, Reported(0));

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(2.0 / 3, 0.6667)]
    public void A_rate_has_four_decimals(double exact, double rounded) => Assert.Equal(rounded, Rounded.Rate(exact));

    private static double Reported(float milliseconds)
    {
        var counts = new long[DurationBuckets.Count];
        counts[DurationBuckets.Of(milliseconds)]++;
        return Rounded.Milliseconds(DurationBuckets.Quantile(counts, 0.5))!.Value;
    }
}
