using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Tests.RateLimits;

public sealed class RateLimiterTests
{
    private static readonly IngestRates Rates = new(KeyEventsPerSecond: 10, SourceEventsPerDay: 100);
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _key = Guid.CreateVersion7();

    [Fact]
    public void One_source_cannot_send_more_than_its_day_while_others_go_on()
    {
        var limiter = new RateLimiter(_time);

        Assert.Null(limiter.Check(_key, Rates, source: 1, events: 100));
        Assert.NotNull(limiter.Check(_key, Rates, source: 1, events: 1));
        Assert.Null(limiter.Check(_key, Rates, source: 2, events: 100));
        Assert.Null(limiter.Check(Guid.CreateVersion7(), Rates, source: 1, events: 100));
    }

    [Fact]
    public void A_refused_source_does_not_use_up_the_key()
    {
        var limiter = new RateLimiter(_time);
        Assert.Null(limiter.Check(_key, Rates, source: 1, events: 100));
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull(limiter.Check(_key, Rates, source: 1, events: 100));

        Assert.Null(limiter.Check(_key, Rates, source: 0, events: 500));
        Assert.NotNull(limiter.Check(_key, Rates, source: 0, events: 1));
    }

    [Fact]
    public void After_the_wait_it_was_told_a_source_may_send()
    {
        var limiter = new RateLimiter(_time);
        limiter.Check(_key, Rates, source: 1, events: 100);
        var wait = limiter.Check(_key, Rates, source: 1, events: 10);

        Assert.NotNull(wait);
        _time.Advance(wait.Value + TimeSpan.FromSeconds(1));

        Assert.Null(limiter.Check(_key, Rates, source: 1, events: 10));
    }

    [Fact]
    public void Self_hosted_projects_have_no_rates()
    {
        var limiter = new RateLimiter(_time);
        for (var i = 0; i < 1_000; i++)
            Assert.Null(limiter.Check(_key, null, source: 1, events: 1_000));
    }

    /// <summary>Over any time, a bucket lets through at most its capacity and what flowed in, and at least as much as was asked for within that.</summary>
    [Fact]
    public void A_bucket_never_lets_more_through_than_it_was_given()
    {
        var requests = Gen.Zip(Gen.Choose(1, 40), Gen.Choose(0, 5_000)).ArrayOf();
        Prop.ForAll(requests.ToArbitrary(), Gen.Choose(40, 100).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), (asked, capacity, perSecond) =>
        {
            var bucket = default(TokenBucket);
            double now = 1_000, passed = 0;
            foreach (var (tokens, pauseMs) in asked)
            {
                now += pauseMs / 1_000.0;
                (bucket, var wait) = bucket.Take(tokens, capacity, perSecond, now);
                if (wait == 0)
                    passed += tokens;
                if (wait < 0 || passed > capacity + ((now - 1_000) * perSecond) + 0.01)
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_source_is_the_same_all_day_and_another_the_next_and_an_address_block_is_one_source()
    {
        var hasher = new SourceHasher(_time);
        var v4 = IPAddress.Parse("203.0.113.7");
        var first = hasher.Hash(v4);

        Assert.Equal(first, hasher.Hash(v4));
        Assert.Equal(first, hasher.Hash(v4.MapToIPv6()));
        Assert.NotEqual(first, hasher.Hash(IPAddress.Parse("203.0.113.8")));
        Assert.Equal(hasher.Hash(IPAddress.Parse("2001:db8:1:2::3")), hasher.Hash(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Equal(0, hasher.Hash(IPAddress.Loopback));
        Assert.NotEqual(first, new SourceHasher(_time).Hash(v4));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.NotEqual(first, hasher.Hash(v4));
    }
}
