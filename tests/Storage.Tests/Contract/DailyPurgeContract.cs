using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Retention;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Tests.Accounts;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>When the daily purge runs, on which replica, and which data it deletes.</summary>
public abstract class DailyPurgeContract<THarness> : IClassFixture<THarness>, IDisposable
    where THarness : StoreHarness
{
    private readonly AccountWorld _world;
    private readonly TelemetryKitMetrics _metrics = new();
    private readonly THarness _harness;

    protected DailyPurgeContract(THarness harness)
    {
        (_harness, _world) = (harness, new AccountWorld(harness));
        // Each test uses different days, so that no other test has purged on them.
        harness.Time.Advance(TimeSpan.FromDays(1));
    }

    private DateOnly Today => DateOnly.FromDateTime(_harness.Time.GetUtcNow().UtcDateTime);

    public void Dispose()
    {
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Of_ten_replicas_one_purges_each_day()
    {
        var project = await FilledAsync(PlanId.Free);
        var replicas = Enumerable.Range(0, 10).Select(i => NewPurge(elsewhere: i % 2 == 0)).ToArray();
        var purged = await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.RunIfDueAsync(default))));
        Assert.Single(purged, one => one is not null);
        Assert.Equal(31, await CountAsync(project)); // Today and the thirty days before it.
        Assert.All(await Task.WhenAll(replicas.Select(replica => replica.RunIfDueAsync(default))), Assert.Null);

        _harness.Time.Advance(TimeSpan.FromDays(1));
        purged = await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.RunIfDueAsync(default))));
        Assert.Single(purged, one => one is not null);
        Assert.Equal(30, await CountAsync(project));
    }

    [Fact]
    public async Task If_the_replica_that_purges_dies_another_one_continues()
    {
        var project = await FilledAsync(PlanId.Free);
        var dying = new DailyPurge(
            _world.Accounts, new DyingStore(_harness.Store.Retention), _metrics, _harness.Time, NullLogger<DailyPurge>.Instance);
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.RunIfDueAsync(default));
        var other = NewPurge();
        Assert.Null(await other.RunIfDueAsync(default));
        _harness.Time.Advance(DailyPurge.Lease);
        Assert.NotNull(await other.RunIfDueAsync(default));
        Assert.Equal(31, await CountAsync(project));
    }

    [Fact]
    public async Task The_days_of_a_project_are_those_of_its_setting_or_its_plan_whichever_is_less()
    {
        List<(Guid Project, int Left)> projects =
        [
            (await FilledAsync(PlanId.Free), 31),
            (await FilledAsync(PlanId.Business, 7), 8),
            (await FilledAsync(PlanId.Business), 60),
            (await FilledAsync(PlanId.SelfHosted), 60),
        ];
        Assert.NotNull(await NewPurge().RunIfDueAsync(default));
        foreach (var (project, left) in projects)
            Assert.Equal(left, await CountAsync(project));
    }

    [Fact]
    public async Task After_a_downgrade_nothing_is_deleted_until_14_days_after_the_notice()
    {
        var project = await FilledAsync(PlanId.Pro);
        var tenantId = (await _world.Accounts.Projects.FindAsync(project, default))!.TenantId;
        await _world.Accounts.Tenants.SetPlanAsync(tenantId, PlanId.Free, CustomLimits.None, _world.Line(), default);
        _harness.Time.Advance(TimeSpan.FromDays(20));
        await PurgeAsync();
        Assert.Equal(60, await CountAsync(project)); // No notice was sent.

        var since = (await _world.Accounts.Tenants.FindAsync(tenantId, default))!.DowngradedAt!.Value;
        Assert.True(await _world.Accounts.Tenants.SetDowngradeNoticeAsync(tenantId, since, _world.Now, default));
        foreach (var (days, left) in ((int, int)[])[(1, 60), (12, 60), (1, 31 - 20 - 14)])
        {
            _harness.Time.Advance(TimeSpan.FromDays(days));
            await PurgeAsync();
            Assert.Equal((days, Math.Max(left, 0)), (days, await CountAsync(project)));
        }

        async Task PurgeAsync() => Assert.NotNull(await NewPurge().RunIfDueAsync(default));
    }

    private DailyPurge NewPurge(bool elsewhere = false) => new(
        elsewhere ? _world.Elsewhere : _world.Accounts,
        (elsewhere ? _harness.Another() : _harness.Store).Retention,
        _metrics,
        _harness.Time,
        NullLogger<DailyPurge>.Instance);

    /// <summary>A project with one event on each of the last 60 days.</summary>
    private async Task<Guid> FilledAsync(PlanId plan, int? keptDays = null)
    {
        var (_, tenantId) = await _world.TenantAsync(plan);
        var project = await _world.ProjectAsync(tenantId);
        if (keptDays is not null)
        {
            var updated = await _world.Accounts.Projects.UpdateAsync(
                project.Id, before => before with { Settings = new() { KeptDays = keptDays } }, _world.Line(), default);
            Assert.NotNull(updated.Project);
        }

        var events = new Core.Events.EventBatch();
        for (var day = 0; day < 60; day++)
            events.Add(At(Today.AddDays(-day), 43_200));
        await _harness.Store.CommitAsync(project.Id, events);
        return project.Id;
    }

    private async Task<int> CountAsync(Guid project) => (await _harness.Store.LinesAsync(Everything(project))).Count;

    /// <summary>Throws after the first part.</summary>
    private sealed class DyingStore(IRetentionStore store) : IRetentionStore
    {
        public async IAsyncEnumerable<Purged> PurgeAsync(
            Guid projectId, DateOnly before, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var part in store.PurgeAsync(projectId, before, cancellationToken))
            {
                yield return part;
                throw new InvalidOperationException("The process dies.");
            }
        }
    }
}
