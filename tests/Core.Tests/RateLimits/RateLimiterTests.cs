using System.Net;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Core.Tests.RateLimits;

public sealed class RateLimiterTests
{
    private static readonly IngestRates Rates = new(KeyEventsPerSecond: 10, SourceEventsPerDay: 100);
    private static readonly IngestRates FastKey = Rates with { KeyEventsPerSecond = 1_000_000 };
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _tenant = Guid.NewGuid();
    private readonly Guid _key = Guid.NewGuid();
    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new(_time);

    [Fact]
    public void The_day_of_a_source_does_not_affect_other_sources_or_tenants_and_is_one_for_all_keys_of_a_tenant()
    {
        Assert.Null(Send(Of(1), 100));
        Assert.NotNull(Send(Of(1), 1));
        Assert.Null(Send(Of(2), 100));
        Assert.NotNull(Send(Of(1) with { KeyId = Guid.NewGuid() }, 1));
        Assert.Null(Send(Of(1) with { Environment = DataEnvironment.Test }, 100));
        Assert.Null(Send(Of(1) with { TenantId = Guid.NewGuid(), KeyId = Guid.NewGuid() }, 100));
    }

    [Fact]
    public void A_rejected_source_does_not_use_the_rate_of_the_key()
    {
        Assert.Null(Send(Of(1), 100));
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull(Send(Of(1), 100));
        Assert.Null(Send(Of(0), 500));
        Assert.NotNull(Send(Of(0), 1));
    }

    [Fact]
    public void Large_bodies_that_are_not_stored_spend_the_day_of_their_source_and_not_the_key()
    {
        // Many are admitted before the first of them has arrived.
        for (var i = 0; i < 800; i++)
            Assert.Null(_limiter.Admit(Of(1)));
        for (var i = 0; i < 800; i++)
            Assert.Null(_limiter.Take(Of(1), 0, 20 << 20));

        Assert.Null(Send(Of(2), 100));
        Assert.NotNull(Send(Of(1), 1));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(Send(Of(1), 1));
    }

    [Fact]
    public void Bytes_are_reserved_before_they_are_decompressed()
    {
        for (var i = 0; i < 800; i++)
            Assert.Null(_limiter.Admit(Of(1)));
        Assert.Equal(1, Enumerable.Range(0, 800).Count(_ => _limiter.Reserve(Of(1), 20 << 20, reserved: 0) is null));

        // What isn't used is given back, and not charged twice.
        Assert.Null(_limiter.Admit(Of(2), 90 * Limits.EventBytes));
        Assert.Equal("source", _limiter.Admit(Of(2) with { Rates = Rates with { SourceEventsPerDay = 90 } })?.Bound);
        Assert.Null(_limiter.Take(Of(2), 1, 1_000, 90 * Limits.EventBytes));
        Assert.Null(Send(Of(2), 99));
        Assert.NotNull(Send(Of(2), 1));
    }

    [Fact]
    public void The_bytes_that_strangers_announce_do_not_spend_the_key()
    {
        for (var i = 0; i < 200; i++)
            Assert.Null(_limiter.Admit(Of(i + 1), Limits.BodyBytes));
        Assert.Null(Send(Of(1_000), 100));
    }

    [Fact]
    public void A_source_can_send_after_the_returned_wait()
    {
        _time.Advance(TimeSpan.FromHours(20));
        Assert.Null(Send(Of(1), 95));
        var refusal = Send(Of(1), 10);
        Assert.Equal(("source", TimeSpan.FromHours(4)), (refusal!.Bound, refusal.RetryAfter));
        _time.Advance(refusal.RetryAfter);
        Assert.Null(Send(Of(1), 100));
    }

    [Fact]
    public void A_batch_of_more_than_a_day_is_accepted_if_no_event_was_sent_on_the_day()
    {
        Assert.Null(Send(Of(1), 0));
        Assert.Null(Send(Of(1), 150));
        Assert.NotNull(Send(Of(1), 1));
        Assert.Null(Send(Of(2), 1));
        Assert.NotNull(Send(Of(2), 150));
    }

    /// <summary>
    /// On no UTC day a source has more than its events, or one larger batch; and no request is refused that fits into the day. The oracle
    /// adds what each day was charged.
    /// </summary>
    [Fact]
    public void No_UTC_day_of_a_source_has_more_than_its_events_and_nothing_that_fits_is_refused()
    {
        var requests = Gen.Zip(Gen.Frequency((8, Gen.Choose(0, 30)), (1, Gen.Choose(31, 130))), Gen.Choose(0, 10 * 3_600)).ArrayOf();
        Prop.ForAll(requests.ToArbitrary(), sent =>
        {
            var time = new FakeTimeProvider();
            var limiter = new RateLimiter(time);
            var charged = new Dictionary<DateTime, decimal>();
            var stored = new Dictionary<DateTime, List<int>>();
            foreach (var (events, pause) in sent)
            {
                time.Advance(TimeSpan.FromSeconds(pause));
                var today = time.GetUtcNow().UtcDateTime.Date;
                var subject = Of(1) with { Day = DateOnly.FromDateTime(today).DayNumber };
                var before = charged.GetValueOrDefault(today);
                var isAdmitted = limiter.Admit(in subject) is null;
                Assert.Equal(before < 100, isAdmitted);
                if (!isAdmitted)
                    continue;
                charged[today] = before + 0.1m;
                var fits = before + Math.Min(Math.Max(events, 0.1m), 100) < 101;
                Assert.Equal(fits, limiter.Take(in subject, events, 0) is null);
                if (!fits || events == 0)
                    continue;
                charged[today] = before + events;
                stored.TryAdd(today, []);
                stored[today].Add(events);
            }

            Assert.All(stored.Values, day => Assert.True(day.Sum() <= 100 || day.Count == 1));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));
    }

    [Fact]
    public void A_source_that_sends_slowly_is_never_refused()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Null(Send(Of(1), 1));
            _time.Advance(TimeSpan.FromDays(1) / 100);
        }
    }

    [Theory]
    [InlineData("2001:db8:1:0::/64", "2001:db8:1:1::/64", 2, "site")] // of one /56
    [InlineData("2001:db8:1:0::/64", "2001:db8:1:100::/64", 4, "network")] // of one /48
    [InlineData("2001:db8:1:0::/64", "2001:db8:2:0::/64", 200, null)] // of many /48s
    [InlineData("203.0.113.0/32", "203.0.113.1/32", 4, "network")] // of one /24
    [InlineData("203.0.113.0/32", "203.0.114.0/32", 200, null)] // of many /24s
    public void A_larger_network_has_a_larger_day_and_not_that_of_each_of_its_addresses(
        string first, string second, int days, string? bound)
    {
        var hasher = new SourceHasher(_time);
        var (from, step) = (Number(first), Number(second) - Number(first));
        for (var i = 0; i < days; i++)
            Assert.Null(Send(Of(hasher.Networks(Address(from + (step * i)))) with { Rates = FastKey }, 100));
        if (bound is not null)
            Assert.Equal(bound, Send(Of(hasher.Networks(Address(from + (step * days)))) with { Rates = FastKey }, 1)?.Bound);
        return;

        static BigInteger Number(string network) =>
            new(IPNetwork.Parse(network).BaseAddress.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

        static IPAddress Address(BigInteger number)
        {
            var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            return new IPAddress([.. new byte[(bytes.Length <= 4 ? 4 : 16) - bytes.Length], .. bytes]);
        }
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_no_more()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.Null(Send(Of(1), 100));
            _limiter.GiveBack(Of(1), RateCost.Of(100, 0));
        }

        _limiter.GiveBack(Of(1), 1_000);
        Assert.Null(Send(Of(1), 100));
        Assert.NotNull(Send(Of(1), 1));
    }

    [Fact]
    public void Requests_and_bytes_are_charged_whatever_they_hold()
    {
        var requests = 0;
        while (Send(Of(1), 0) is null)
            requests++;
        Assert.InRange(requests, 980, 1_000);

        // 20 MiB cost 640 events: more than a day. Nothing is owed on the next one.
        Assert.Null(Send(Of(2) with { Rates = FastKey }, 0, Limits.DecompressedBodyBytes));
        var refusal = Send(Of(2) with { Rates = FastKey }, 0);
        Assert.Equal(TimeSpan.FromDays(1), refusal!.RetryAfter);
        _time.Advance(refusal.RetryAfter);
        Assert.Null(Send(Of(2), 100));
    }

    [Fact]
    public void The_bytes_of_refused_events_are_charged()
    {
        Assert.Null(Send(Of(1), 90));
        Assert.NotNull(Send(Of(1), 50, 10 * Limits.EventBytes));
        Assert.NotNull(_limiter.Admit(Of(1)));
    }

    [Fact]
    public void A_tenant_with_many_sources_cannot_remove_the_buckets_of_another()
    {
        var limiter = new RateLimiter(_time, buckets: 1_000, bucketsPerTenant: 400);
        limiter.Admit(Of(1));
        Assert.Null(limiter.Take(Of(1), 100, 0));
        for (var i = 0; i < 20_000; i++)
        {
            var attacker = new RateSubject(new(i % 5, 0, 0, new byte[8]), _key, DataEnvironment.Live, FastKey, new(i + 2), Today);
            limiter.Admit(in attacker);
            _ = limiter.Take(in attacker, 2, 0);
            Assert.InRange(limiter.Count, 0, 1_001);
        }

        Assert.NotNull(limiter.Admit(Of(1)));
    }

    [Fact]
    public void Many_sources_cannot_remove_a_spent_bucket_of_their_own_tenant()
    {
        var limiter = new RateLimiter(_time, buckets: 1_000, bucketsPerTenant: 400);
        limiter.Admit(Of(1) with { Rates = FastKey });
        Assert.Null(limiter.Take(Of(1) with { Rates = FastKey }, 100, 0));
        for (var i = 0; i < 5_000; i++)
            limiter.Admit(Of(i + 2) with { Rates = FastKey });
        Assert.NotNull(limiter.Admit(Of(1) with { Rates = FastKey }));
        Assert.InRange(limiter.Count, 0, 401);
    }

    [Fact]
    public void Buckets_of_former_days_are_removed_first()
    {
        var limiter = new RateLimiter(_time, buckets: 100, bucketsPerTenant: 100);
        for (var i = 0; i < 90; i++)
            limiter.Admit(Of(i + 1));
        _time.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < 11; i++)
            limiter.Admit(Of(i + 1_000));
        Assert.Equal(11, limiter.Count);
    }

    [Theory]
    [InlineData(100, int.MaxValue, 10, 20, 30)]
    [InlineData(50, 20, 10, 20, 30)]
    [InlineData(30, 10, 10, 20, 30)]
    [InlineData(10, 3, 10, 20, 30)]
    [InlineData(75, 73, 1, 1, 1_000)]
    public void A_level_bounds_the_sum(int total, int expected, params int[] counts) =>
        Assert.Equal(expected, RateLimiter.LevelOf([.. counts], total));

    [Fact]
    public async Task Concurrent_requests_get_no_more_than_there_is()
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 100).Count(_ => Send(Of(1), 1) is null))));
        Assert.InRange(sent.Sum(), 95, 100);
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
        Assert.Equal(hasher.Hash(first), hasher.Networks(first).Address);
        Assert.Equal(hasher.HashNetwork(first), hasher.Networks(first).Network);
        Assert.False(hasher.Networks(IPAddress.IPv6Loopback).IsKnown);
    }

    private RateSubject Of(long source) => Of(new SourceNetworks(source));

    private RateSubject Of(SourceNetworks source) => new(_tenant, _key, DataEnvironment.Live, Rates, source, Today);

    private int Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber;

    private RateRefusal? Send(RateSubject subject, int events, long bytes = 0) =>
        _limiter.Admit(in subject) ?? _limiter.Take(in subject, events, bytes);

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
