using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

public sealed class CommitLoopTests
{
    private readonly MemoryCommitStore _store = new();

    [Fact]
    public async Task A_batch_sent_ten_times_counts_once()
    {
        var project = Batches.Project();
        var id = Guid.CreateVersion7();
        var batches = Enumerable.Range(0, 10).Select(_ => Batches.Batch(project, 7, id)).ToArray();

        var verdicts = await CommitAsync(batches);

        Assert.Equal(7, verdicts.Sum(v => v.Accepted));
        Assert.Equal(63, verdicts.Sum(v => v.Duplicates));
        Assert.Equal(7, _store.Counted);
        Assert.Equal(7, _store.EventIds.Count);
        Assert.Equal(7, Assert.Single(_store.Usage).Value);
    }

    [Fact]
    public async Task Two_projects_can_use_the_same_batch_id()
    {
        var id = Guid.CreateVersion7();

        var verdicts = await CommitAsync(Batches.Batch(Batches.Project(), 3, id), Batches.Batch(Batches.Project(), 4, id));

        Assert.Equal([3, 4], verdicts.Select(v => v.Accepted));
    }

    [Fact]
    public async Task Without_a_batch_id_each_event_id_counts_once()
    {
        var project = Batches.Project();
        Guid[] ids = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];

        var first = await CommitAsync(Batches.Batch(project, 3, eventIds: ids[..3]), Batches.Batch(project, 3, eventIds: ids[1..4]));
        var second = await CommitAsync(Batches.Batch(project, 4, eventIds: ids[2..5]));

        Assert.Equal([(3, 0), (1, 2)], first.Select(v => (v.Accepted, v.Duplicates)));
        Assert.Equal((2, 2), (second[0].Accepted, second[0].Duplicates)); // ids[4] and the event without an id are new.
        Assert.Equal(6, _store.Counted);
    }

    [Fact]
    public async Task Quota_accepts_exactly_what_fits_in_order_of_arrival()
    {
        var project = Batches.Project(quota: 10);

        var verdicts = await CommitAsync([.. Enumerable.Range(0, 3).Select(_ => Batches.Batch(project, 6, Guid.CreateVersion7()))]);

        Assert.Equal((6, 4, 0), (verdicts[0].Accepted, verdicts[1].Accepted, verdicts[2].Accepted));
        Assert.Equal([4, 5], verdicts[1].OverQuota);
        Assert.Equal(IngestStatus.QuotaExceeded, verdicts[2].Status);
        Assert.Equal(10, Assert.Single(_store.Usage).Value);
        Assert.Equal(10, _store.Counted);
    }

    [Fact]
    public async Task A_batch_without_an_event_that_fits_can_be_sent_again_when_the_quota_is_raised()
    {
        var tenant = Guid.CreateVersion7();
        var project = Batches.Project(quota: 5, tenant);
        var id = Guid.CreateVersion7();
        await CommitAsync(Batches.Batch(project, 5, Guid.CreateVersion7()), Batches.Batch(project, 2, id), Batches.Batch(project, 2, id));

        var verdicts = await CommitAsync(Batches.Batch(project with { MonthlyQuota = 7 }, 2, id));

        Assert.Equal(2, verdicts[0].Accepted);
        Assert.Equal(7, _store.Counted);
    }

    [Fact]
    public async Task Duplicates_use_no_quota_so_that_other_batches_of_the_group_can()
    {
        var (project, id) = (Batches.Project(quota: 10), Guid.CreateVersion7());
        await CommitAsync(Batches.Batch(project, 4, id));
        var verdicts = await CommitAsync(
            Batches.Batch(project, 4, id), Batches.Batch(project, 5, Guid.CreateVersion7()), Batches.Batch(project, 4, id));
        Assert.Equal([(0, 4), (5, 0), (0, 4)], verdicts.Select(v => (v.Accepted, v.Duplicates)));
        Assert.Equal(9, _store.Usage.Values.Single());
        var last = await CommitAsync(Batches.Batch(project, 4, id), Batches.Batch(project, 3, Guid.CreateVersion7()));
        Assert.Equal([(0, 4), (1, 0)], last.Select(v => (v.Accepted, v.Duplicates)));
        Assert.Equal(10, _store.Usage.Values.Single());
    }

    [Fact]
    public async Task Live_and_test_events_have_separate_quotas_and_the_sum_of_the_days_equals_both()
    {
        var tenant = Guid.CreateVersion7();
        var one = Batches.Project(quota: 8, tenant) with { MonthlyTestQuota = 7 };
        var other = Batches.Project(quota: 8, tenant) with { MonthlyTestQuota = 7 };

        var verdicts = await CommitAsync(
            Batches.Batch(one, 5, Guid.CreateVersion7(), DataEnvironment.Test),
            Batches.Batch(other, 5, Guid.CreateVersion7()),
            Batches.Batch(other, 5, Guid.CreateVersion7(), DataEnvironment.Test),
            Batches.Batch(one, 5, Guid.CreateVersion7()),
            Batches.Batch(one, 1, Guid.CreateVersion7(), DataEnvironment.Test));

        Assert.Equal([5, 5, 2, 3, 0], verdicts.Select(v => v.Accepted));
        Assert.Equal([3, 4], verdicts[3].OverQuota);
        Assert.Equal(IngestStatus.QuotaExceeded, verdicts[4].Status);
        Assert.Equal(
            [(DataEnvironment.Live, 8L), (DataEnvironment.Test, 7L)], _store.Usage.Select(u => (u.Key.Environment, u.Value)).Order());
        foreach (var ((_, month, environment), accepted) in _store.Usage)
        {
            var days = _store.UsageDays.Where(day => day.Key.Environment == environment).ToList();
            Assert.Equal(accepted, days.Sum(day => day.Value));
            Assert.All(days, day => Assert.Equal((tenant, month), (day.Key.Day.TenantId, QuotaMonth.Of(day.Key.Day.Day).FirstDay)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Live_events_above_the_quota_are_billed_up_to_the_overage_also_if_the_batches_of_a_group_are_retried(bool retried)
    {
        var tenant = Guid.CreateVersion7();
        var (one, other) = (Billed(), Billed());
        var (free, id) = (Batches.Project(quota: 2), Guid.CreateVersion7());
        if (retried)
        {
            _store.BeforeStep = (step, events) =>
            {
                if (step == "write" && events.Sum(project => project.Batches.Count) > 1)
                    throw new InvalidOperationException("The group can't be stored.");
            };
        }

        var verdicts = await CommitAsync(
            Batches.Batch(one, 6, Guid.CreateVersion7()),
            Batches.Batch(free, 3, Guid.CreateVersion7()),
            Batches.Batch(other, 7, id),
            Batches.Batch(other, 7, id),
            Batches.Batch(one, 5, Guid.CreateVersion7(), DataEnvironment.Test),
            Batches.Batch(one, 6, Guid.CreateVersion7()),
            Batches.Batch(other, 1, Guid.CreateVersion7()));

        Assert.Equal([6, 2, 7, 0, 4, 2, 0], verdicts.Select(v => v.Accepted));
        Assert.Equal(IngestStatus.QuotaExceeded, verdicts[^1].Status);
        Assert.Equal(tenant, Assert.Single(_store.Overage.Keys.Select(key => key.Tenant).Distinct()));
        Assert.Equal(5, _store.Overage.Values.Sum());

        Project Billed() => Batches.Project(quota: 10, tenant) with { OverageEvents = 5, MonthlyTestQuota = 4 };
    }

    [Fact]
    public async Task If_the_store_is_unavailable_the_group_fails_and_the_same_batches_count_later()
    {
        var project = Batches.Project();
        var id = Guid.CreateVersion7();
        foreach (var step in new[] { "begin", "reserve", "write" })
        {
            _store.BeforeStep = (s, _) =>
            {
                if (s == step)
                    throw new StorageUnavailableException("The store is unavailable.");
            };
            var verdicts = await CommitAsync(Batches.Batch(project, 3, id), Batches.Batch(project, 3, Guid.CreateVersion7()));
            Assert.All(verdicts, v => Assert.Equal(IngestStatus.StorageUnavailable, v.Status));
            Assert.Equal(0, _store.Counted);
        }

        _store.BeforeStep = null;
        Assert.Equal(3, (await CommitAsync(Batches.Batch(project, 3, id)))[0].Accepted);
    }

    [Fact]
    public async Task A_batch_that_can_not_be_stored_fails_alone()
    {
        var project = Batches.Project();
        var poison = Guid.CreateVersion7();
        _store.BeforeStep = (_, events) =>
        {
            if (events.SelectMany(e => e.Batches).Any(b => b.EventId.Take(b.Count).Contains(poison)))
                throw new InvalidOperationException("The batch can't be stored.");
        };

        var verdicts = await CommitAsync(
            Batches.Batch(project, 2, Guid.CreateVersion7()),
            Batches.Batch(project, 2, Guid.CreateVersion7(), eventIds: poison),
            Batches.Batch(project, 2, Guid.CreateVersion7()));

        Assert.Equal([IngestStatus.Done, IngestStatus.Malformed, IngestStatus.Done], verdicts.Select(v => v.Status));
        Assert.Equal(4, _store.Counted);
    }

    [Fact]
    public async Task Batches_that_arrive_during_a_commit_are_committed_together_by_the_next_one()
    {
        var project = Batches.Project();
        using var gate = new ManualResetEventSlim();
        var held = 0;
        _store.BeforeStep = (step, _) =>
        {
            if (step == "reserve" && Interlocked.Exchange(ref held, 1) == 0)
                gate.Wait();
        };
        var loop = NewLoop();
        var running = loop.StartAsync();
        var first = Batches.Batch(project, 1, Guid.CreateVersion7());
        Assert.True(loop.TryEnqueue(first));
        while (Volatile.Read(ref held) == 0)
            await Task.Delay(1);
        var others = Enumerable.Range(0, 40).Select(_ => Batches.Batch(project, 1, Guid.CreateVersion7())).ToArray();
        Assert.All(others, b => Assert.True(loop.TryEnqueue(b)));
        gate.Set();
        loop.StopAccepting();
        await running;

        Assert.Equal([1, 40], _store.GroupSizes);
    }

    [Fact]
    public async Task A_new_install_is_counted_once_on_its_first_day()
    {
        var project = Batches.Project();

        await CommitAsync(Batches.Batch(project, 3, Guid.CreateVersion7()), Batches.Batch(project, 3, Guid.CreateVersion7()));
        await CommitAsync(Batches.Batch(project, 4, Guid.CreateVersion7()));

        Assert.Equal(4, _store.Deltas.Sum(d => Core.Counters.Rollup.Read(d.Data.Span).NewInstalls));
    }

    [Fact]
    public async Task Installs_are_looked_up_only_on_earlier_days_and_after_a_deletion()
    {
        var project = Batches.Project();
        var loop = NewLoop();
        var running = loop.StartAsync();
        var lookedUp = new List<int>();
        foreach (var (day, generation) in ((int, int)[])[(0, 0), (0, 0), (1, 0), (-1, 0), (-1, 0), (0, 1), (0, 1)])
        {
            _store.Generation = generation;
            var batch = Batches.Batch(project, 2, Guid.CreateVersion7());
            for (var i = 0; i < 2; i++)
                batch.Parsed.Events.Timestamp[i] += day * 86_400_000_000L;
            loop.TryEnqueue(batch);
            await batch.Verdict;
            lookedUp.Add(_store.LookedUp);
        }

        loop.StopAccepting();
        await running;
        Assert.Equal([2, 2, 2, 4, 4, 6, 6], lookedUp);
        Assert.Equal(1, _store.Conflicts);
        var newByDay = _store.Deltas.GroupBy(delta => delta.Day)
            .Select(day => (day.Key, day.Sum(delta => Core.Counters.Rollup.Read(delta.Data.Span).NewInstalls)));
        Assert.Equal([(new DateOnly(2026, 11, 19), 2L), (new(2026, 11, 20), 0L), (new(2026, 11, 21), 0L)], newByDay.Order());
    }

    [Fact]
    public async Task Events_without_an_install_are_committed_in_one_step()
    {
        var project = Batches.Project();
        var loop = NewLoop();
        var running = loop.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var batch = Batches.Batch(project, 3, Guid.CreateVersion7());
            batch.Parsed.Events.Install.AsSpan().Clear();
            loop.TryEnqueue(batch);
            await batch.Verdict;
        }

        Assert.Equal((0, 9), (_store.Conflicts, (int)_store.Counted));
        loop.StopAccepting();
        await running;
    }

    [Fact]
    public async Task A_conflict_causes_one_failed_attempt_and_no_event_is_counted_twice()
    {
        var project = Batches.Project(quota: 200);
        var loop = NewLoop();
        var running = loop.StartAsync();
        var id = Guid.CreateVersion7();
        var verdicts = new List<CommitVerdict>();
        foreach (var batchId in (Guid[])[id, Guid.CreateVersion7(), id, id, Guid.CreateVersion7()])
        {
            var batch = Batches.Batch(project, 3, batchId);
            loop.TryEnqueue(batch);
            verdicts.Add(await batch.Verdict);
        }

        Assert.Equal([(3, 0), (3, 0), (0, 3), (0, 3), (3, 0)], verdicts.Select(v => (v.Accepted, v.Duplicates)));
        Assert.Equal((1, 9, 9L), (_store.Conflicts, (int)_store.Counted, _store.Usage.Values.Single()));

        // A spent quota is a conflict as well; after it, exactly what fits is accepted.
        for (var i = 0; i < 70; i++)
        {
            var batch = Batches.Batch(project, 3, Guid.CreateVersion7());
            loop.TryEnqueue(batch);
            verdicts.Add(await batch.Verdict);
        }

        Assert.Equal((200, 200L), ((int)_store.Counted, _store.Usage.Values.Single()));
        Assert.Equal(200, verdicts.Sum(v => v.Accepted));
        loop.StopAccepting();
        await running;
    }

    private async Task<CommitVerdict[]> CommitAsync(params PendingBatch[] batches)
    {
        var loop = NewLoop();
        Assert.All(batches, b => Assert.True(loop.TryEnqueue(b)));
        loop.StopAccepting();
        await loop.StartAsync();
        return await Task.WhenAll(batches.Select(b => b.Verdict));
    }

    private CommitLoop NewLoop() => new(_store, new TelemetryKitMetrics(), TimeProvider.System, NullLogger.Instance, _ => { });
}
