using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>What one replica does for all, and what is sent once.</summary>
public abstract class JobLeaseContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private readonly AccountWorld _world = new(harness);
    private readonly string _job = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task Of_twelve_replicas_one_has_the_chore_and_keeps_it()
    {
        var replicas = Enumerable.Range(0, 12).Select(_ => Guid.NewGuid()).ToArray();
        var took = await Task.WhenAll(replicas.Select((replica, i) => Task.Run(() => TakeAsync(replica, "2026-11-20", i % 2 == 0))));
        var holder = replicas[Array.IndexOf(took, true)];
        Assert.Single(took, true);
        harness.Time.Advance(Lease / 2);
        Assert.True(await TakeAsync(holder, "2026-11-20"));
        harness.Time.Advance(Lease * 0.75);
        Assert.False(await TakeAsync(replicas.First(replica => replica != holder), "2026-11-20"));
    }

    [Fact]
    public async Task An_expired_lease_is_acquired_by_one_holder_and_that_of_a_completed_job_by_none()
    {
        var (dead, next, late) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.True(await TakeAsync(dead, "2026-11-20"));
        harness.Time.Advance(Lease);
        var took = await Task.WhenAll(((Guid[])[next, late]).Select(replica => Task.Run(() => TakeAsync(replica, "2026-11-20"))));
        Assert.Single(took, true);
        var holder = took[0] ? next : late;
        Assert.False(await _world.Accounts.JobLeases.CompleteAsync(_job, "2026-11-20", dead, _world.Now, default));
        Assert.True(await _world.Accounts.JobLeases.CompleteAsync(_job, "2026-11-20", holder, _world.Now, default));
        foreach (var replica in (Guid[])[dead, next, late])
            Assert.False(await TakeAsync(replica, "2026-11-20"));
        Assert.False(await TakeAsync(late, "2026-11-19"));
        Assert.True(await TakeAsync(late, "2026-11-21"));
    }

    [Fact]
    public async Task A_notice_is_leased_once_and_never_again_when_it_was_sent()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var notice = new Notice(tenantId, "usage_80", "2026-11");
        var leases = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => LeaseAsync(notice, i % 2 == 0))));
        Assert.Single(leases, true);
        Assert.True(await LeaseAsync(notice with { Period = "2026-12" }));
        Assert.True(await LeaseAsync(notice with { Kind = "usage_100" }));
        await _world.Elsewhere.Notices.MarkSentAsync(notice, _world.Now, default);
        harness.Time.Advance(Lease * 10);
        Assert.False(await LeaseAsync(notice));
        await _world.Accounts.Notices.ReleaseAsync(notice, _world.Now, default);
        Assert.False(await LeaseAsync(notice));
    }

    [Fact]
    public async Task A_notice_that_could_not_be_sent_is_leased_again()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var notice = new Notice(tenantId, "usage_80", "2026-11");
        Assert.True(await IsDueAsync());
        Assert.True(await LeaseAsync(notice));
        Assert.False(await IsDueAsync());
        await _world.Accounts.Notices.ReleaseAsync(notice, _world.Now + TimeSpan.FromMinutes(1), default);
        Assert.False(await IsDueAsync());
        Assert.False(await LeaseAsync(notice));
        harness.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await IsDueAsync());
        Assert.True(await LeaseAsync(notice));

        // And one whose lease holder failed.
        harness.Time.Advance(Lease);
        var leases = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => LeaseAsync(notice, i % 2 == 0))));
        Assert.Single(leases, true);
        await _world.Accounts.Notices.MarkSentAsync(notice, _world.Now, default);
        harness.Time.Advance(Lease * 10);
        Assert.False(await IsDueAsync());

        Task<bool> IsDueAsync() => _world.Elsewhere.Notices.IsDueAsync(notice, _world.Now, default);
    }

    [Fact]
    public async Task A_notice_whose_address_has_too_many_mails_is_not_leased()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var (notice, address) = (new Notice(tenantId, "usage_80", "2026-11"), EmailAddress.TryParse($"{Guid.NewGuid():N}@example.org")!);
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            Assert.True(await _world.Accounts.Notices.TryQueueAsync(notice with { Period = $"{i}" }, Mail(), _world.Now + Lease, default));
        Assert.False(await _world.Accounts.Notices.TryQueueAsync(notice, Mail(), _world.Now + Lease, default));
        Assert.True(await LeaseAsync(notice));

        WaitingMail Mail() => new()
        {
            Id = Guid.CreateVersion7(), Kind = "usage", To = address, Data = "{}", CreatedAt = _world.Now, ExpiresAt = _world.Now + Lease,
        };
    }

    private Task<bool> TakeAsync(Guid holder, string period, bool elsewhere = false) =>
        (elsewhere ? _world.Elsewhere : _world.Accounts)
            .JobLeases.TryAcquireAsync(_job, period, holder, _world.Now, _world.Now + Lease, default);

    // Each mail has its own address and counts only if its notice was leased.
    private async Task<bool> LeaseAsync(Notice notice, bool elsewhere = false)
    {
        var mail = new WaitingMail
        {
            Id = Guid.CreateVersion7(), Kind = notice.Kind, To = EmailAddress.TryParse($"{Guid.NewGuid():N}@example.org")!, Data = "{}",
            CreatedAt = _world.Now, ExpiresAt = _world.Now + Lease,
        };
        var store = elsewhere ? _world.Elsewhere : _world.Accounts;
        var isLeased = await store.Notices.TryQueueAsync(notice, mail, _world.Now + Lease, default);
        Assert.Equal(isLeased ? 1 : 0, await harness.CountAsync("mails", "id", mail.Id));
        return isLeased;
    }
}
