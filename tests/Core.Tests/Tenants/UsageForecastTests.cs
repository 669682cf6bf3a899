using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Core.Tests.Tenants;

public class UsageForecastTests
{
    private static readonly Guid Project = Guid.NewGuid();

    [Fact]
    public void There_is_no_forecast_on_the_first_day_of_a_month()
    {
        Assert.Null(UsageForecast.Of(Usage((1, 100)), 10_000, new(2026, 11, 1, 23, 59, 59, TimeSpan.Zero)));
        Assert.NotNull(UsageForecast.Of(Usage((1, 100)), 10_000, new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void The_pace_is_that_of_the_last_seven_days_and_of_live_events()
    {
        var usage = new MonthUsage(
            9_700,
            5_000,
            [
                Day(1, 9_000), Day(14, 100), Day(15, 100), Day(16, 100), Day(17, 100), Day(18, 100), Day(19, 100), Day(20, 100),
                Day(20, 5_000) with { Environment = DataEnvironment.Test },
            ]);

        // 100 a day for seven days, of which the last one is over, and ten days to go.
        var forecast = UsageForecast.Of(usage, 10_000, new(2026, 11, 20, 23, 59, 59, 999, TimeSpan.Zero));

        Assert.Equal(10_700, forecast!.Events);
        Assert.Equal(new DateOnly(2026, 11, 23), DateOnly.FromDateTime(forecast.QuotaSpentAt!.Value.UtcDateTime));
    }

    [Fact]
    public void A_spent_quota_is_spent_now_and_an_unlimited_one_never()
    {
        var now = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(now, UsageForecast.Of(Usage((20, 10_000)), 10_000, now)!.QuotaSpentAt);
        Assert.Null(UsageForecast.Of(Usage((20, 10_000)), null, now)!.QuotaSpentAt);
        Assert.Null(UsageForecast.Of(Usage((20, 10)), 10_000, now)!.QuotaSpentAt);
    }

    [Fact]
    public void A_forecast_is_never_less_than_what_was_accepted_and_names_a_time_in_the_month_exactly_if_it_exceeds_the_quota()
    {
        var cases = Gen.Choose(1, 1_000_000).Three().SelectMany(
            _ => Gen.Choose(2, 30),
            (numbers, day) => (Events: numbers.Item1, Earlier: numbers.Item2, Limit: numbers.Item3, Day: day));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(7, 3), Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var now = new DateTimeOffset(2026, 11, one.Day, 7, 30, 0, TimeSpan.Zero);
            var forecast = UsageForecast.Of(Usage((1, one.Earlier), (one.Day, one.Events)), one.Limit, now)!;
            Assert.True(forecast.Events >= one.Earlier + one.Events);
            var exceeds = forecast.Events > one.Limit || one.Earlier + one.Events >= one.Limit;
            Assert.Equal(exceeds, forecast.QuotaSpentAt is not null);
            if (forecast.QuotaSpentAt is { } at)
                Assert.InRange(at, now, new DateTimeOffset(2026, 12, 1, 0, 0, 1, TimeSpan.Zero));
        }));
    }

    private static MonthUsage Usage(params (int Day, long Events)[] days) =>
        new(days.Sum(day => day.Events), 0, [.. days.Select(day => Day(day.Day, day.Events))]);

    private static DayUsage Day(int day, long events) => new(new(2026, 11, day), Project, DataEnvironment.Live, events);
}
