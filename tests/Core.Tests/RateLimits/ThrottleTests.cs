using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Tests.RateLimits;

public class ThrottleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Tries_are_few_at_once_and_come_back_one_by_one()
    {
        var throttle = new Throttle<string>(3, TimeSpan.FromMinutes(1), _time);
        for (var i = 0; i < 3; i++)
            Assert.True(throttle.TryTake("a", out _));
        Assert.False(throttle.TryTake("a", out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(61));
        Assert.True(throttle.TryTake("b", out _));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(throttle.TryTake("a", out _));
        Assert.False(throttle.TryTake("a", out _));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => throttle.TryTake("a", out var _)));
    }

    [Fact]
    public async Task Tries_at_the_same_moment_count_too()
    {
        var throttle = new Throttle<int>(5, TimeSpan.FromMinutes(1), _time);
        var taken = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => throttle.TryTake(1, out var _))));
        Assert.Equal(5, taken.Count(took => took));
    }

    [Fact]
    public void Who_proved_who_they_are_starts_anew()
    {
        var throttle = new Throttle<int>(1, TimeSpan.FromMinutes(1), _time);
        Assert.True(throttle.TryTake(1, out _));
        Assert.False(throttle.TryTake(1, out _));
        throttle.Reset(1);
        Assert.True(throttle.TryTake(1, out _));
    }

    [Fact]
    public void An_attack_from_everywhere_does_not_free_whom_it_attacks()
    {
        var throttle = new Throttle<int>(3, TimeSpan.FromMinutes(1), _time);
        for (var i = 0; i < 4; i++)
            throttle.TryTake(-1, out _);
        for (var i = 0; i <= Limits.ThrottledSubjects; i++)
            throttle.TryTake(i, out _);
        Assert.False(throttle.TryTake(-1, out _));
    }

    [Fact]
    public void A_network_has_a_larger_bound_than_an_address_and_not_that_of_each_of_its_addresses()
    {
        var throttle = new SourceThrottle(3, TimeSpan.FromMinutes(1), _time);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => throttle.TryTake(new(1, 50, 100)) is null));
        // The refused attempts took nothing from the networks.
        Assert.Equal(3, Enumerable.Range(2, 10).Count(i => throttle.TryTake(new(i, 50, 100)) is null));
        Assert.Equal("site", throttle.TryTake(new(20, 50, 100))?.Bound);
        Assert.Equal(6, Enumerable.Range(30, 10).Count(i => throttle.TryTake(new(i, 0, 100)) is null));
        Assert.Equal("network", throttle.TryTake(new(40, 51, 100))?.Bound);
        throttle.GiveBack(new(40, 51, 100));
        Assert.Null(throttle.TryTake(new(41, 51, 100)));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(throttle.TryTake(default)));
    }
}
