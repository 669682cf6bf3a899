using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Tests.Bodies;

public sealed class BodyBudgetTests : IDisposable
{
    private const int Large = Limits.SmallBodyBytes + 1;
    private const int Limit = 160 * Limits.SmallBodyBytes;
    private readonly FakeTimeProvider _time = new();
    private readonly TelemetryKitMetrics _metrics = new();
    private readonly BodyBudget _budget;

    public BodyBudgetTests() => _budget = new(new SourceHasher(_time), _metrics, _time, Limit);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task The_slowest_large_body_is_ended_and_its_read_is_cancelled()
    {
        var pipe = new Pipe();
        using var slow = Open();
        slow.Watch(pipe.Reader);
        Assert.True(slow.TryGrow(Limit / 4, isWhole: false));
        using var fast = Open();
        Assert.True(fast.TryGrow(Limit / 4, isWhole: false));
        var reading = pipe.Reader.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(fast.TryGrow(Limit / 2, isWhole: false));

        using var third = Open();
        Assert.True(third.TryGrow(Limit / 4, isWhole: false));
        Assert.Equal("process", slow.End?.Bound);
        Assert.Equal((503, "overloaded"), (slow.End?.Problem.Kind.Status, slow.End?.Problem.Kind.Code));
        Assert.Null(fast.End);
        Assert.True((await reading).IsCanceled);
        Assert.Equal(Limit * 3 / 4, _budget.Taken);
    }

    [Fact]
    public void A_body_that_is_the_slowest_is_refused_and_the_others_continue()
    {
        using var fast = Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(fast.TryGrow(Limit * 3 / 4, isWhole: false));
        using var slow = Open();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(slow.TryGrow(Limit / 4, isWhole: false));
        Assert.NotNull(slow.End);
        Assert.Null(fast.End);
    }

    [Fact]
    public void An_eighth_is_reserved_for_small_bodies()
    {
        using var large = Open();
        Assert.True(large.TryGrow(Limit / 8 * 7, isWhole: false));
        var small = Enumerable.Range(0, 20).Select(_ => Open()).ToList();
        Assert.All(small, lease => Assert.True(lease.TryGrow(Limits.SmallBodyBytes, isWhole: false)));
        Assert.Null(large.End);
        Assert.Equal(Limit, _budget.Taken);
        small.ForEach(lease => lease.Dispose());
    }

    [Fact]
    public void A_complete_small_body_is_always_accepted()
    {
        using var large = Open();
        Assert.True(large.TryGrow(Large, isWhole: false));
        var small = Enumerable.Range(0, 200).Select(_ => Open()).ToList();
        Assert.All(small, lease => Assert.True(lease.TryGrow(Limits.SmallBodyBytes, isWhole: true)));
        Assert.Null(large.End);
        small.ForEach(lease => lease.Dispose());
    }

    [Fact]
    public void A_read_without_bytes_ends_no_body()
    {
        using var arriving = Open();
        Assert.True(arriving.TryGrow(Large, isWhole: false));
        var whole = Enumerable.Range(0, 200).Select(_ => Open()).ToList();
        Assert.All(whole, lease => Assert.True(lease.TryGrow(Limits.SmallBodyBytes, isWhole: true)));
        using var woken = Open();
        Assert.True(woken.TryGrow(0, isWhole: false));
        Assert.Null(arriving.End);
        whole.ForEach(lease => lease.Dispose());
    }

    [Fact]
    public void A_body_is_ended_in_the_share_that_is_full()
    {
        var (abused, other) = (Guid.NewGuid(), Guid.NewGuid());
        using var first = Open(abused);
        Assert.True(first.TryGrow(Limit / 16, isWhole: false));
        using var of = Open(other);
        Assert.True(of.TryGrow(Limit / 16, isWhole: false));
        _time.Advance(TimeSpan.FromSeconds(3));
        using var second = Open(abused);
        Assert.True(second.TryGrow(Limit / 16, isWhole: false));
        Assert.Equal("key", first.End?.Bound);
        Assert.Null(of.End);
    }

    [Fact]
    public void A_single_body_may_be_larger_than_its_share()
    {
        using var alone = Open(Guid.NewGuid());
        Assert.True(alone.TryGrow(Limit / 2, isWhole: false));
    }

    [Fact]
    public void A_complete_body_is_not_ended()
    {
        using var whole = Open();
        Assert.True(whole.TryGrow(Limit * 3 / 4, isWhole: true));
        _time.Advance(Limits.BodyTime);
        using var other = Open();
        Assert.False(other.TryGrow(Limit / 4, isWhole: true));
        Assert.Null(whole.End);
    }

    [Theory]
    [InlineData(0, "rate", 408)]
    [InlineData(Limits.BodyWindowBytes - 1, "rate", 408)]
    [InlineData(Limits.BodyWindowBytes, "time", 408)]
    public void A_body_is_ended_if_it_is_too_slow_in_a_window_or_takes_too_long(int bytesInWindow, string bound, int status)
    {
        using var lease = Open();
        lease.Watch(new Pipe().Reader);
        var bytes = 1_000_000;
        Assert.True(lease.TryGrow(bytes, isWhole: false));
        var windows = 0;
        while (lease.End is null)
        {
            _time.Advance(Limits.BodyWindow);
            windows++;
            if (lease.End is null)
                Assert.True(lease.TryGrow(bytes += bytesInWindow, isWhole: false));
        }

        Assert.Equal(bound == "rate" ? 2 : Limits.BodyTime / Limits.BodyWindow, windows);
        Assert.Equal((bound, status), (lease.End.Bound, lease.End.Problem.Kind.Status));
        Assert.Equal(0, _budget.Taken);
        Assert.False(lease.TryGrow(bytes + 1, isWhole: true));
    }

    [Fact]
    public void A_complete_body_is_not_ended_at_the_deadline()
    {
        using var lease = Open();
        lease.Watch(new Pipe().Reader);
        Assert.True(lease.TryGrow(1, isWhole: false));
        Assert.True(lease.TryGrow(2, isWhole: true));
        _time.Advance(Limits.BodyTime);
        Assert.Null(lease.End);
    }

    [Fact]
    public void Two_addresses_of_one_network_are_one_source()
    {
        using var first = Open(source: "2001:db8::1");
        Assert.True(first.TryGrow(Limit / 16, isWhole: false));
        _time.Advance(TimeSpan.FromSeconds(3));
        using var second = Open(source: "2001:db8::2");
        Assert.True(second.TryGrow(Limit / 16, isWhole: false));
        Assert.Equal("source", first.End?.Bound);
        // Loopback has no share, because it may be a proxy for all clients.
        using var loopback = Open(source: "127.0.0.1");
        Assert.True(loopback.TryGrow(Limit / 8 * 6, isWhole: false));
    }

    private BodyLease Open(Guid key = default, string? source = null) =>
        _budget.Open(new(default, key, source is null ? null : IPAddress.Parse(source)));
}
