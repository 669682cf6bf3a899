using TelemetryKit.Api.Http.Bodies;

namespace TelemetryKit.Api.Tests.Bodies;

public sealed class ArrivalRateTests
{
    [Theory]
    [InlineData(0.0, 10_000)] // counts as a tenth of a second old
    [InlineData(0.5, 2_000)]
    [InlineData(1.0, 1_000)]
    [InlineData(1.25, 750)]
    [InlineData(2.0, 0)]
    [InlineData(100, 0)]
    public void A_burst_has_no_effect_after_two_seconds(double seconds, double expected)
    {
        var rate = new ArrivalRate();
        rate.Add(1_000, TimeSpan.Zero);
        Assert.Equal(expected, rate.At(TimeSpan.FromSeconds(seconds)), 0.001);
    }

    [Fact]
    public void A_steady_rate_is_measured_at_any_time()
    {
        var rate = new ArrivalRate();
        for (var tick = 1; tick <= 1_000; tick++)
        {
            rate.Add(50, TimeSpan.FromMilliseconds(tick * 10));
            if (tick >= 10)
                Assert.InRange(rate.At(TimeSpan.FromMilliseconds(tick * 10)), 4_900, 5_100);
        }
    }

    [Fact]
    public void Bytes_before_a_pause_do_not_count()
    {
        var rate = new ArrivalRate();
        rate.Add(1_000_000, TimeSpan.Zero);
        rate.Add(10, TimeSpan.FromSeconds(7.5));
        Assert.Equal(10, rate.At(TimeSpan.FromSeconds(7.5)), 0.001);
    }
}
