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
    public void The_daily_limit_of_a_source_does_not_affect_others()
    {
        var limiter = new RateLimiter(_time);

        Assert.Null(limiter.Check(_key, Rates, source: 1, events: 100));
        Assert.NotNull(limiter.Check(_key, Rates, source: 1, events: 1));
        Assert.Null(limiter.Check(_key, Rates, source: 2, events: 100));
        Assert.Null(limiter.Check(Guid.CreateVersion7(), Rates, source: 1, events: 100));
    }

    [Fact]
    public void A_rejected_source_does_not_use_the_rate_of_the_key()
    {
        var limiter = new RateLimiter(_time);
        Assert.Null(limiter.Check(_key, Rates, source: 1, events: 100));
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull(limiter.Check(_key, Rates, source: 1, events: 100));

        Assert.Null(limiter.Check(_key, Rates, source: 0, events: 500));
        Assert.NotNull(limiter.Check(_key, Rates, source: 0, events: 1));
    }

    [Fact]
    public void A_source_can_send_after_the_returned_wait()
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

    /// <summary>At any time, a bucket has admitted at most its capacity plus the tokens that were refilled since the start.</summary>
    [Fact]
    public void A_bucket_admits_at_most_its_capacity_and_the_refilled_tokens()
    {
        var requests = Gen.Zip(Gen.Choose(1, 40), Gen.Choose(0, 5_000)).ArrayOf().ToArbitrary();
        var (capacities, rates) = (Gen.Choose(40, 100).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary());
        Prop.ForAll(requests, capacities, rates, IsWithinRate).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_hash_of_a_source_changes_daily_and_is_the_same_for_an_address_block()
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

    [Fact]
    public void A_network_is_a_48_of_IPv6_and_an_address_of_IPv4()
    {
        var hasher = new SourceHasher(_time);
        var first = IPAddress.Parse("2001:db8:1:2::3");
        Assert.Equal(hasher.HashNetwork(first), hasher.HashNetwork(IPAddress.Parse("2001:db8:1:ffff::3")));
        Assert.NotEqual(hasher.HashNetwork(first), hasher.HashNetwork(IPAddress.Parse("2001:db8:2:2::3")));
        Assert.NotEqual(hasher.HashNetwork(first), hasher.Hash(first));
        Assert.NotEqual(hasher.HashNetwork(IPAddress.Parse("203.0.113.7")), hasher.HashNetwork(IPAddress.Parse("203.0.113.8")));
        Assert.Equal(0, hasher.HashNetwork(IPAddress.IPv6Loopback));
    }

    private static bool IsWithinRate((int Tokens, int PauseMs)[] requests, int capacity, int perSecond)
    {
        var bucket = default(TokenBucket);
        double now = 1_000, admitted = 0;
        foreach (var (tokens, pauseMs) in requests)
        {
            now += pauseMs / 1_000.0;
            (bucket, var wait) = bucket.Take(tokens, capacity, perSecond, now);
            if (wait == 0)
                admitted += tokens;
            if (wait < 0 || admitted > capacity + ((now - 1_000) * perSecond) + 0.01)
                return false;
        }

        return true;
    }
}
