using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Tests.Quotas;

public class UsageWatchTests
{
    private const long Limit = 10_000;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly Guid _tenant = Guid.NewGuid();
    private readonly UsageWatch _watch;
    private Exception? _fault;
    private long _accepted;
    private long _limit = Limit;
    private int _checks;

    public UsageWatchTests() => _watch = new(CheckAsync, _time, NullLogger<UsageWatch>.Instance);

    [Fact]
    public async Task The_thresholds_are_found_with_few_checks()
    {
        List<long> found = [];
        for (var i = 0; i < Limit; i++)
        {
            var before = _checks;
            await AcceptAsync(1);
            if (_checks > before)
                found.Add(_accepted);
        }

        // A check follows the event that reaches a threshold, and there are few others.
        Assert.Contains(8_000, found);
        Assert.Contains(10_000, found);
        Assert.InRange(found.Count, 10, 60);
    }

    [Fact]
    public async Task A_tenant_is_checked_every_few_minutes_while_other_processes_accept_its_events()
    {
        await AcceptAsync(1);
        _accepted = 7_900; // Elsewhere.
        await AcceptAsync(1);
        Assert.Equal(1, _checks);

        _time.Advance(UsageWatch.CheckInterval);
        await AcceptAsync(1);

        Assert.Equal(2, _checks);
        // Now a quarter of the missing 98 events is enough.
        await AcceptAsync(24);
        Assert.Equal(3, _checks);
    }

    [Fact]
    public async Task If_all_thresholds_are_reached_only_another_limit_or_month_is_checked()
    {
        _accepted = Limit;
        await AcceptAsync(1);
        _time.Advance(TimeSpan.FromDays(1));
        await AcceptAsync(1_000);
        _watch.Spent(_tenant, Limit);
        await SettleAsync();
        Assert.Equal(1, _checks);

        _limit = 2 * Limit;
        await AcceptAsync(1);
        Assert.Equal(2, _checks);

        _time.Advance(TimeSpan.FromDays(30));
        await AcceptAsync(1);
        Assert.Equal(3, _checks);
    }

    [Fact]
    public async Task A_spent_quota_is_checked_at_once()
    {
        await AcceptAsync(1);
        _accepted = Limit; // Elsewhere.

        _watch.Spent(_tenant, Limit);
        await SettleAsync();

        Assert.Equal(2, _checks);
    }

    [Fact]
    public async Task A_failed_check_is_repeated_by_later_events()
    {
        _fault = new InvalidOperationException("away");
        await AcceptAsync(1);
        await AcceptAsync(8_000);
        Assert.Equal(1, _checks);
        _fault = null;
        _time.Advance(UsageWatch.RetryInterval);

        await AcceptAsync(1);

        Assert.Equal(2, _checks);
    }

    [Fact]
    public async Task A_tenant_without_a_limit_is_not_checked()
    {
        _watch.Accepted(_tenant, null, 1_000_000);
        await SettleAsync();
        Assert.Equal(0, _checks);
    }

    [Theory]
    [InlineData(0, 10_000, 8_000L)]
    [InlineData(7_999, 10_000, 1L)]
    [InlineData(8_000, 10_000, 2_000L)]
    [InlineData(10_000, 10_000, null)]
    [InlineData(0, 3, 3L)]
    [InlineData(0, 0, null)]
    [InlineData(0, long.MaxValue, 7_378_697_629_483_820_646L)]
    public void The_events_until_the_next_threshold_are_exact(long accepted, long limit, long? missing)
    {
        Assert.Equal(missing, UsageThresholds.EventsUntilNext(accepted, limit));
        if (missing is { } events)
        {
            Assert.Equal(Reached(accepted, limit), Reached(accepted + events - 1, limit));
            Assert.NotEqual(Reached(accepted, limit), Reached(accepted + events, limit));
        }
    }

    private static int Reached(long accepted, long limit) =>
        UsageThresholds.Percents.Count(percent => UsageThresholds.IsReached(accepted, limit, percent));

    private async Task AcceptAsync(long events)
    {
        _accepted += events;
        _watch.Accepted(_tenant, _limit, events);
        await SettleAsync();
    }

    // A check runs on the thread pool.
    private async Task SettleAsync()
    {
        while (!_watch.IsIdle)
            await Task.Yield();
    }

    private Task<UsageReading?> CheckAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        _checks++;
        return _fault is null
            ? Task.FromResult<UsageReading?>(new(new(2026, 11, 1), _accepted, _limit))
            : Task.FromException<UsageReading?>(_fault);
    }
}
