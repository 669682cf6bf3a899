using TelemetryKit.Core.Stats;

namespace TelemetryKit.Core.Tests.Stats;

public class RoundedTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(0.0, 0.0)]
    [InlineData(12345.678, 12345.7)]
    [InlineData(123.456, 123.5)]
    [InlineData(12.345, 12.3)]
    [InlineData(1.2345, 1.23)]
    [InlineData(0.98765, 0.988)]
    [InlineData(0.0123456, 0.0123)]
    [InlineData(1e-30, 0.0)]
    public void Milliseconds_have_one_decimal_or_three_digits(double? exact, double? rounded) =>
        Assert.Equal(rounded, Rounded.Milliseconds(exact));

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(2.0 / 3, 0.6667)]
    public void A_rate_has_four_decimals(double exact, double rounded) => Assert.Equal(rounded, Rounded.Rate(exact));
}
