using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Usage by month and by day, and that they are one.</summary>
public abstract class UsageContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private const long LiveLimit = 700;
    private const long TestLimit = 300;
    private static readonly DateOnly Month = new(2026, 11, 1);
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task The_days_add_up_to_what_the_quota_counted_also_while_many_commit_at_once()
    {
        var (_, tenantId) = await _world.TenantAsync();
        Guid[] projects = [(await _world.ProjectAsync(tenantId)).Id, (await _world.ProjectAsync(tenantId)).Id];
        IStore[] stores = [harness.Store, harness.Another()];
        // Commits block their threads, so there are few.
        var committing = Task.WhenAll(Enumerable.Range(0, 4).Select(loop => Task.Run(async () =>
        {
            for (var i = loop; i < 80; i += 4)
                await SendAsync(
                    stores[loop % 2],
                    tenantId,
                    projects[i / 2 % 2],
                    i % 3 == 0 ? DataEnvironment.Test : DataEnvironment.Live,
                    19,
                    Month.AddDays(i % 4),
                    rollBack: i % 9 == 8);
        })));
        while (!committing.IsCompleted)
        {
            await AssertAddsUpAsync(tenantId);
            await Task.Delay(5);
        }

        await committing;

        var usage = await AssertAddsUpAsync(tenantId);
        Assert.Equal((LiveLimit, TestLimit), (usage.Live, usage.Test));
        Assert.Equal(
            LiveLimit,
            (await _world.Elsewhere.Usage.ListTenantsAsync(Month, LiveLimit, default)).Single(one => one.Tenant.Id == tenantId).Accepted);
        Assert.DoesNotContain(
            await _world.Elsewhere.Usage.ListTenantsAsync(Month, LiveLimit + 1, default),
            one => one.Tenant.Id == tenantId);
        Assert.Equal((0, 0, 0), Numbers(await _world.Accounts.Usage.ReadAsync(tenantId, Month.AddMonths(-1), default)));
    }

    [Fact]
    public async Task A_free_tenant_that_is_created_again_has_the_usage_of_the_deleted_one()
    {
        var (owner, tenantId) = await _world.TenantAsync(PlanId.Free);
        var now = new DateTimeOffset(Month.AddDays(19), TimeOnly.MinValue, TimeSpan.Zero);
        var project = await _world.ProjectAsync(tenantId);
        await SendAsync(harness.Store, tenantId, project.Id, DataEnvironment.Live, 7, Month.AddDays(3), rollBack: false);
        Assert.Equal(7, (await _world.Accounts.Usage.ReadAsync(tenantId, Month, default)).Live);
        for (var i = 0; i < 2; i++)
        {
            await _world.Accounts.Tenants.DeleteAsync(tenantId, now, default);
            tenantId = Guid.CreateVersion7();
            Assert.True(
                await _world.Elsewhere.Tenants.CreateAsync(tenantId, "again", PlanId.Free, owner.Id, _ => true, now, default));
            var usage = await _world.Accounts.Usage.ReadAsync(tenantId, Month, default);
            Assert.Equal((7, 7), (usage.Live, usage.Days.Sum(day => day.Accepted)));
        }

        now = now.AddMonths(1);
        await _world.Accounts.Tenants.DeleteAsync(tenantId, now, default);
        tenantId = Guid.CreateVersion7();
        await _world.Accounts.Tenants.CreateAsync(tenantId, "again", PlanId.Free, owner.Id, _ => true, now, default);
        Assert.Equal(0, (await _world.Accounts.Usage.ReadAsync(tenantId, Month.AddMonths(1), default)).Live);
    }

    [Fact]
    public async Task Commits_at_once_and_step_by_step_never_wait_for_each_other()
    {
        var (_, tenantId) = await _world.TenantAsync();
        Guid[] projects = [(await _world.ProjectAsync(tenantId)).Id, (await _world.ProjectAsync(tenantId)).Id];
        IStore[] stores = [harness.Store, harness.Another()];

        // A deadlock would be a bug of the store.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(loop => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
                await SendAsync(
                    stores[loop % 2], tenantId, projects[(loop + i) % 2], DataEnvironment.Live, 1, Month, atOnce: (loop + i) % 3 > 0);
        })));
        Assert.Equal(80, (await AssertAddsUpAsync(tenantId)).Live);
    }

    [Fact]
    public async Task What_a_deleted_project_had_counted_stays_spent_under_no_name()
    {
        var (_, tenantId) = await _world.TenantAsync();
        Guid[] projects = [(
            await _world.ProjectAsync(tenantId)).Id, (await _world.ProjectAsync(tenantId)).Id, (await _world.ProjectAsync(tenantId)).Id];
        foreach (var project in projects)
        {
            await SendAsync(harness.Store, tenantId, project, DataEnvironment.Live, 10, Month);
            await SendAsync(harness.Store, tenantId, project, DataEnvironment.Test, 5, Month.AddDays(3));
        }

        foreach (var project in projects[..2])
            await _world.Accounts.Projects.DeleteAsync(project, _world.Line(AuditActions.ProjectDeleted), default);
        var usage = await AssertAddsUpAsync(tenantId);
        Assert.Equal((30, 15), (usage.Live, usage.Test));
        Assert.Equal(
            [(null, 20L), (projects[2], 10L), (null, 10L), (projects[2], 5L)],
            usage.Days.Select(day => (day.ProjectId, day.Accepted)));
    }

    private static (long, long, int) Numbers(MonthUsage usage) => (usage.Live, usage.Test, usage.Days.Count);

    private static async Task SendAsync(
        IStore store, Guid tenantId, Guid project, DataEnvironment environment, int events, DateOnly day, bool rollBack = false,
        bool atOnce = false)
    {
        await using var commit = await store.Commits.BeginAsync(default);
        var limit = environment == DataEnvironment.Live ? LiveLimit : TestLimit;
        if (atOnce && commit.CanTry)
        {
            Assert.True(await commit.TryCommitAsync(
                [], [new(tenantId, Month, events, limit, environment)], [], DateTimeOffset.UnixEpoch,
                [new CommitEvents(project, environment, [TestData.Batch(events, day)], new UsageDay(tenantId, day))], [], default));
            return;
        }

        var fits = (await commit.ReserveQuotaAsync(new QuotaRequest(tenantId, Month, events, limit, environment)))[0];
        if (rollBack || fits == 0)
            return;
        await commit.WriteAndCommitAsync(
            [new CommitEvents(project, environment, [TestData.Batch((int)fits, day)], new UsageDay(tenantId, day))], [], default);
    }

    private async Task<MonthUsage> AssertAddsUpAsync(Guid tenantId)
    {
        var usage = await _world.Accounts.Usage.ReadAsync(tenantId, Month, default);
        Assert.Equal(usage.Live, usage.Days.Where(day => day.Environment == DataEnvironment.Live).Sum(day => day.Accepted));
        Assert.Equal(usage.Test, usage.Days.Where(day => day.Environment == DataEnvironment.Test).Sum(day => day.Accepted));
        return usage;
    }
}
