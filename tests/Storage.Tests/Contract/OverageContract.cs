using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Tests.Accounts;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>
/// The events above a quota are counted by hour, exactly and in the commit that accepts them, whatever is sent through whichever process:
/// two pipelines, as two replicas have them, commit to the store.
/// </summary>
public abstract class OverageContract<THarness> : IClassFixture<THarness>, IAsyncDisposable
    where THarness : StoreHarness
{
    private static readonly TelemetryKitMetrics Metrics = new();
    private readonly THarness _harness;
    private readonly AccountWorld _world;
    private readonly IngestPipeline[] _replicas;

    protected OverageContract(THarness harness)
    {
        (_harness, _world) = (harness, new(harness));
        _replicas = [.. ((IStore[])[harness.Store, harness.Another()]).Select(store =>
            new IngestPipeline(store.Commits, new NoViews(), Metrics, harness.Time, NullLogger<IngestPipeline>.Instance))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DrainAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Any sequence of batches, repetitions, events that are known in part, hours, quotas, caps and changes of whether events are billed
    /// has the hours of a simple model.
    /// </summary>
    [Fact]
    public void The_hours_are_those_of_a_simple_model_for_any_sequence()
    {
        var steps = Gen.Choose(0, (10 * 40 * 40) - 1).ListOf().Select(list => list.Select(Step.Of));
        var property = Prop.ForAll(Arb.From(steps), list => CheckAsync([.. list]).GetAwaiter().GetResult());
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60).WithReplay(12, 3), property);

        async Task CheckAsync(Step[] taken)
        {
            var (model, project) = (new Model(), await NewProjectAsync() with { MonthlyQuota = 40, OverageEvents = 120 });
            var ids = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();
            var batches = new List<(Guid Id, int Events)>();
            for (var i = 0; i < taken.Length; i++)
            {
                var (kind, a, b) = taken[i];
                var (replica, now) = (_replicas[i % 2], _harness.Time.GetUtcNow());
                switch (kind)
                {
                    case < 5: // A new batch.
                        batches.Add((Guid.CreateVersion7(), 1 + a));
                        await SendBatchAsync(batches[^1]);
                        break;
                    case 5 when batches.Count > 0: // A repetition. The batch may have been refused.
                        await SendBatchAsync(batches[a % batches.Count]);
                        break;
                    case 6: // Events of their own, some of which are known.
                        var sent = ids.Skip(a % ids.Length).Take(1 + (b % ids.Length)).ToArray();
                        await SendAsync(replica, project, null, sent.Length, sent);
                        model.Send(project, sent, ofBatch: false, now);
                        break;
                    case 7:
                        _harness.Time.Advance(TimeSpan.FromMinutes(a * 40));
                        break;
                    case 8: // Other limits.
                        project = project with { MonthlyQuota = a * 5, OverageEvents = b % 4 == 0 ? null : b * 3 };
                        break;
                    default: // Test events are another quota, and never billed.
                        await SendAsync(replica, project, Guid.CreateVersion7(), 1 + a, [], KeyKind.Test);
                        break;
                }

                async Task SendBatchAsync((Guid Id, int Events) batch)
                {
                    await SendAsync(replica, project, batch.Id, batch.Events, []);
                    model.Send(project, [.. Enumerable.Repeat(batch.Id, batch.Events)], ofBatch: true, now);
                }
            }

            await AssertAsync(project.Ref.TenantId, model);
        }
    }

    [Fact]
    public async Task Commits_at_once_count_exactly_the_events_above_the_quota()
    {
        for (var round = 0; round < 5; round++)
        {
            var (quota, overage) = (400 + round, 230 + (round * 7));
            var one = await NewProjectAsync() with { MonthlyQuota = quota, OverageEvents = overage };
            var other = await FindAsync((await _world.ProjectAsync(one.Ref.TenantId)).Id) with
            {
                MonthlyQuota = quota, OverageEvents = overage,
            };
            var free = await NewProjectAsync() with { MonthlyQuota = 300 };
            Project[] projects = [one, other, free];
            await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Task.Run(
                () => SendAsync(_replicas[i % 2], projects[i / 2 % 3], Guid.CreateVersion7(), 1 + (i % 23), []))));

            var now = _harness.Time.GetUtcNow();
            await AssertAsync(one.Ref.TenantId, now, quota + overage, overage);
            await AssertAsync(free.Ref.TenantId, now, 300, 0);
        }
    }

    [Fact]
    public async Task No_billed_event_is_lost_while_the_cap_changes_and_hours_are_reported()
    {
        var projectId = (await NewProjectAsync()).Ref.ProjectId;
        var tenantId = (await FindAsync(projectId)).Ref.TenantId;
        var (billing, elsewhere) = (_world.Accounts.Billing, _world.Elsewhere.Billing);
        await _world.Accounts.Tenants.LiftPlanAsync(tenantId, _world.Line(), default);
        await SyncAsync(billing);
        var (month, quota) = (QuotaMonth.Of(_harness.Time.GetUtcNow()).FirstDay, (await FindAsync(projectId)).MonthlyQuota!.Value);
        await using (var commit = await _harness.Store.Commits.BeginAsync(default))
        {
            await commit.ReserveQuotaAsync(new QuotaRequest(tenantId, month, quota - 200, quota));
            await commit.WriteAndCommitAsync([], [], default);
        }

        using var sent = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            for (var i = 0; !sent.IsCancellationRequested; i++)
            {
                await (i % 2 == 0 ? billing : elsewhere).SetOverageCapAsync(
                    tenantId, i % 3 == 0 ? null : 10 + (i % 20), _world.Line(), default);
                await SyncAsync(elsewhere);
            }
        });
        var reporting = Task.Run(async () =>
        {
            while (!sent.IsCancellationRequested)
                await ReportAsync(elsewhere);
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(loop => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                // As the cache of keys does it.
                await SendAsync(_replicas[loop % 2], await FindAsync(projectId), Guid.CreateVersion7(), 1 + (i % 7), []);
            }
        })));
        await sent.CancelAsync();
        await Task.WhenAll(changing, reporting);
        await billing.SetOverageCapAsync(tenantId, 1_00_00, _world.Line(), default);
        await SendAsync(_replicas[0], await FindAsync(projectId), Guid.CreateVersion7(), 400, []);

        var accepted = (await _world.Accounts.Usage.ReadAsync(tenantId, month, default)).Live;
        var billed = (await elsewhere.ReadOverageAsync(tenantId, month, default)).Events;
        Assert.Equal(accepted - quota, billed);
        Assert.InRange(billed, 200, long.MaxValue);
        await ReportAsync(billing);
        Assert.Empty(await billing.ListUnreportedAsync(tenantId, DateTimeOffset.MaxValue, null, int.MaxValue, default));

        async Task SyncAsync(IBillingAccounts accounts)
        {
            var state = new BillingState { Plan = PlanId.Pro, Status = SubscriptionStatus.Active, OverageCentsPerEvent = 0.05m };
            var sync = (await accounts.BeginSyncAsync(tenantId, default))!.Sync;
            await accounts.ApplyAsync(tenantId, sync, state, _harness.Time.GetUtcNow(), default);
        }

        async Task ReportAsync(IBillingAccounts accounts)
        {
            foreach (var hour in await accounts.ListUnreportedAsync(null, DateTimeOffset.MaxValue, null, int.MaxValue, default))
                await accounts.SetReportedAsync(hour, default);
        }
    }

    [Fact]
    public async Task What_a_larger_plan_includes_is_not_billed_by_a_process_that_has_the_former_limits()
    {
        var projectId = (await NewProjectAsync()).Ref.ProjectId;
        var tenantId = (await FindAsync(projectId)).Ref.TenantId;
        var now = _harness.Time.GetUtcNow();
        await _world.Accounts.Tenants.LiftPlanAsync(tenantId, _world.Line(), default);
        await ApplyAsync(PlanId.Pro, 0.05m);
        await _world.Accounts.Billing.SetOverageCapAsync(tenantId, 1_00, _world.Line(), default);
        var former = await FindAsync(projectId);
        await using (var commit = await _harness.Store.Commits.BeginAsync(default))
        {
            var used = new QuotaRequest(tenantId, QuotaMonth.Of(now).FirstDay, former.MonthlyQuota!.Value - 10, null);
            await commit.ReserveQuotaAsync(used);
            await commit.WriteAndCommitAsync([], [], default);
        }

        await SendAsync(_replicas[0], former, Guid.CreateVersion7(), 15, []);
        await AssertAsync(tenantId, now, 100_005, 5);
        await ApplyAsync(PlanId.Business, 0.015m);
        await SendAsync(_replicas[1], former, Guid.CreateVersion7(), 30, []);
        await AssertAsync(tenantId, now, 100_035, 5);

        // A smaller plan has the larger quota for the rest of the month.
        await ApplyAsync(PlanId.Pro, 0.05m);
        await SendAsync(_replicas[0], former, Guid.CreateVersion7(), 30, []);
        await AssertAsync(tenantId, now, 100_065, 5);

        async Task ApplyAsync(PlanId plan, decimal price)
        {
            var state = new BillingState { Plan = plan, Status = SubscriptionStatus.Active, OverageCentsPerEvent = price };
            var sync = (await _world.Accounts.Billing.BeginSyncAsync(tenantId, default))!.Sync;
            await _world.Accounts.Billing.ApplyAsync(tenantId, sync, state, now, default);
        }
    }

    [Fact]
    public async Task Two_transactions_at_once_count_each_billed_event_in_one_of_them()
    {
        var (tenant, project) = (Guid.NewGuid(), Guid.NewGuid());
        var (month, hour) = (new DateOnly(2026, 11, 1), new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        Task<long> second;
        await using (var first = await _harness.Store.Commits.BeginAsync(default))
        {
            Assert.Equal<IEnumerable<long>>([70], await first.ReserveQuotaAsync(new QuotaRequest(tenant, month, 70, 150)));
            // It waits for the first one.
            second = Task.Run(async () =>
            {
                await using var commit = await _harness.Another().Commits.BeginAsync(default);
                var granted = (await commit.ReserveQuotaAsync(new QuotaRequest(tenant, month, 70, 150)))[0];
                await commit.ReleaseAsync([], [new(tenant, month, 20)], default);
                await commit.WriteAndCommitAsync(Written(50), [], default);
                return granted;
            });
            await first.WriteAndCommitAsync(Written(70), [], default);
        }

        Assert.Equal(70, await second);
        Assert.Equal(120, (await _harness.Store.Accounts.Usage.ReadAsync(tenant, month, default)).Live);
        Assert.Equal(20, (await _harness.Store.Accounts.Billing.ReadOverageAsync(tenant, month, default)).Events);

        CommitEvents[] Written(int events) =>
        [
            new(project, DataEnvironment.Live, [TestData.Batch(events, TestData.Day)], new UsageDay(tenant, TestData.Day), new(hour, 100)),
        ];
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_or_rehearsed_counts_nothing()
    {
        var (tenant, project) = (Guid.NewGuid(), Guid.NewGuid());
        var (month, hour) = (new DateOnly(2026, 11, 1), new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        CommitEvents[] written =
        [
            new(project, DataEnvironment.Live, [TestData.Batch(9, TestData.Day)], new UsageDay(tenant, TestData.Day), new(hour, 2)),
        ];
        await using (var rehearsal = await _harness.Store.Commits.Rehearsal.BeginAsync(default))
        {
            await rehearsal.ReserveQuotaAsync(new QuotaRequest(tenant, month, 9, 20));
            await rehearsal.WriteAndCommitAsync(written, [], default);
        }

        await using (var commit = await _harness.Store.Commits.BeginAsync(default))
        {
            if (commit.CanTry)
            {
                Assert.False(await commit.TryCommitAsync(
                    [], [new(tenant, month, 9, 8)], [], _harness.Time.GetUtcNow(), written, [], default));
            }
        }

        Assert.Equal(0, (await _harness.Store.Accounts.Billing.ReadOverageAsync(tenant, month, default)).Events);
    }

    private static async Task SendAsync(
        IngestPipeline replica, Project project, Guid? batchId, int events, Guid[] ids, KeyKind kind = KeyKind.Live)
    {
        var list = Enumerable.Range(0, events)
            .Select(i => ids.Length == 0 ? """{"event_type":"log"}""" : $$"""{"event_type":"log","event_id":"{{ids[i]}}"}""");
        var batch = batchId is { } id ? $"\"batch_id\":\"{id}\"," : "";
        var body = Encoding.UTF8.GetBytes($$"""{{{batch}}"events":[{{string.Join(',', list)}}]}""");
        var result = await IngestAsync();
        // As a client does: on a busy machine, the database may end a transaction that waits too long for its process.
        for (var attempt = 1; attempt < 10 && result.Status == IngestStatus.StorageUnavailable; attempt++)
            result = await IngestAsync();
        Assert.True(result.Status is IngestStatus.Done or IngestStatus.QuotaExceeded, $"The result is {result.Status}.");

        async Task<IngestResult> IngestAsync() =>
            await replica.IngestAsync(new(Guid.NewGuid(), kind, project), new ReadOnlySequence<byte>(body));
    }

    private async Task<Project> NewProjectAsync()
    {
        var (_, tenantId) = await _world.TenantAsync();
        await _world.Accounts.Billing.AddAsync(tenantId, default);
        await _world.Accounts.Billing.SetCustomerAsync(tenantId, $"cus_{tenantId:N}", default);
        return await FindAsync((await _world.ProjectAsync(tenantId)).Id);
    }

    private async Task<Project> FindAsync(Guid projectId) => (await _harness.Store.Projects.FindProjectAsync(projectId, default))!;

    private async Task AssertAsync(Guid tenantId, Model model)
    {
        foreach (var (month, accepted) in model.Accepted)
            Assert.Equal((month, accepted), (month, (await _world.Accounts.Usage.ReadAsync(tenantId, month, default)).Live));
        var hours = await _world.Elsewhere.Billing.ListUnreportedAsync(tenantId, DateTimeOffset.MaxValue, null, int.MaxValue, default);
        Assert.Equal(
            model.Hours.Where(hour => hour.Value > 0).OrderBy(hour => hour.Key),
            hours.Select(hour => KeyValuePair.Create(hour.Hour, hour.Events)));
        foreach (var month in model.Hours.GroupBy(hour => QuotaMonth.Of(hour.Key).FirstDay))
        {
            var use = await _world.Accounts.Billing.ReadOverageAsync(tenantId, month.Key, default);
            Assert.Equal(month.Sum(hour => hour.Value), use.Events);
        }
    }

    private async Task AssertAsync(Guid tenantId, DateTimeOffset now, long accepted, long billed)
    {
        var month = QuotaMonth.Of(now).FirstDay;
        Assert.Equal(accepted, (await _world.Accounts.Usage.ReadAsync(tenantId, month, default)).Live);
        Assert.Equal(billed, (await _world.Elsewhere.Billing.ReadOverageAsync(tenantId, month, default)).Events);
    }

    private readonly record struct Step(int Kind, int A, int B)
    {
        public static Step Of(int number) => new(number % 10, number / 10 % 40, number / 400);
    }

    /// <summary>What is accepted and billed, computed one event after the other.</summary>
    private sealed class Model
    {
        private readonly HashSet<Guid> _known = [];

        public Dictionary<DateOnly, long> Accepted { get; } = [];

        public Dictionary<DateTimeOffset, long> Hours { get; } = [];

        /// <summary>Sends events, each with its key. The events of a batch have the same.</summary>
        public void Send(Project project, Guid[] keys, bool ofBatch, DateTimeOffset now)
        {
            if (ofBatch && _known.Contains(keys[0]))
                return;
            var month = QuotaMonth.Of(now).FirstDay;
            foreach (var key in keys)
            {
                var accepted = Accepted.GetValueOrDefault(month);
                if ((!ofBatch && _known.Contains(key)) || accepted >= project.MonthlyQuota + (project.OverageEvents ?? 0))
                    continue;
                _known.Add(key);
                Accepted[month] = accepted + 1;
                if (project.OverageEvents is null || accepted < project.MonthlyQuota)
                    continue;
                var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
                Hours[hour] = Hours.GetValueOrDefault(hour) + 1;
            }
        }
    }
}
