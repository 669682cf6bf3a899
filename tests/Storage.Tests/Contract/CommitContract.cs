using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of the commit loop that every store must meet.</summary>
public abstract class CommitContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private static readonly DateOnly Month = new(2026, 11, 1);
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Fact]
    public async Task A_key_is_new_once()
    {
        var keys = Keys(3);
        await using (var first = await _store.Commits.BeginAsync(default))
        {
            Assert.Equal<IEnumerable<bool>>([true, true, true], await first.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
            await first.WriteAndCommitAsync([], [], default);
        }

        await using var second = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>(
            [false, true, false, false], await second.ReserveKeysAsync([keys[0], Keys(1)[0], keys[2], keys[1]], harness.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Keys_are_stored_when_their_transaction_is_committed()
    {
        var keys = Keys(3);
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(keys[..2], harness.Time.GetUtcNow());
            Assert.False(await _store.Commits.AreStoredAsync(keys[..2], default));
            await commit.WriteAndCommitAsync([], [], default);
        }

        Assert.True(await _store.Commits.AreStoredAsync(keys[..2], default));
        Assert.True(await harness.Another().Commits.AreStoredAsync(keys[..1], default));
        Assert.False(await _store.Commits.AreStoredAsync(keys, default));
        Assert.False(await _store.Commits.AreStoredAsync([new(Guid.NewGuid(), keys[0].Key)], default));
    }

    [Fact]
    public async Task The_same_key_in_two_projects_is_two_keys()
    {
        var key = Guid.NewGuid();
        await using var commit = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>(
            [true, true], await commit.ReserveKeysAsync([new(_project, key), new(Guid.NewGuid(), key)], harness.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_rollback_releases_the_keys_and_stores_nothing()
    {
        var keys = Keys(2);
        var tenant = Guid.NewGuid();
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(keys, harness.Time.GetUtcNow());
            await commit.ReserveQuotaAsync(new QuotaRequest(tenant, Month, 5, null));
            await commit.AddInstallsAsync([new(_project, DataEnvironment.Live, 1, Day)], default);
        }

        Assert.Equal(0, (await _store.Accounts.Usage.ReadAsync(tenant, Month, default)).Live);
        await using var again = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([true, true], await again.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
        Assert.Equal<IEnumerable<bool>>([true], await again.AddNewInstallsAsync(new SeenInstall(_project, DataEnvironment.Live, 1, Day)));
    }

    [Fact]
    public async Task Released_keys_are_new_again()
    {
        var keys = Keys(3);
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(keys, harness.Time.GetUtcNow());
            await commit.ReleaseAsync([keys[1]], [], default);
            await commit.WriteAndCommitAsync([], [], default);
        }

        await using var again = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([false, true, false], await again.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Each_key_is_reserved_by_one_of_many_concurrent_transactions()
    {
        var keys = Keys(40);
        var stores = new[] { _store, harness.Another() };
        var reserved = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            await using var commit = await stores[i % 2].Commits.BeginAsync(default);
            var isNew = await commit.ReserveKeysAsync([.. keys.Shuffle()], harness.Time.GetUtcNow());
            await commit.WriteAndCommitAsync([], [], default);
            return isNew.Count(key => key);
        })));
        Assert.Equal(keys.Length, reserved.Sum());
    }

    [Fact]
    public async Task A_key_whose_transaction_is_rolled_back_is_new_to_the_transaction_that_waits()
    {
        var keys = Keys(1);
        var first = await _store.Commits.BeginAsync(default);
        await first.ReserveKeysAsync(keys, harness.Time.GetUtcNow());
        var second = Task.Run(async () =>
        {
            await using var commit = await harness.Another().Commits.BeginAsync(default);
            return await commit.ReserveKeysAsync(keys, harness.Time.GetUtcNow());
        });
        await Task.Delay(100);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        Assert.Equal<IEnumerable<bool>>([true], await second);
    }

    [Fact]
    public async Task Quota_is_exact_under_concurrency()
    {
        const long Limit = 1_000;
        var tenant = Guid.NewGuid();
        var stores = new[] { _store, harness.Another() };
        var granted = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(async () =>
        {
            await using var commit = await stores[i % 2].Commits.BeginAsync(default);
            var some = await commit.ReserveQuotaAsync(new QuotaRequest(tenant, Month, 23, Limit));
            if (i % 10 == 9)
                return 0; // Rolls back, which releases the quota.
            await commit.WriteAndCommitAsync([], [], default);
            return some[0];
        })));
        Assert.Equal(Limit, granted.Sum());
        Assert.Equal(Limit, (await _store.Accounts.Usage.ReadAsync(tenant, Month, default)).Live);
    }

    [Fact]
    public async Task Each_quota_request_is_granted_what_fits()
    {
        var tenants = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
        for (var round = 0; round < 2; round++)
        {
            await using var commit = await _store.Commits.BeginAsync(default);
            var granted = await commit.ReserveQuotaAsync(
                new(tenants[0], Month, 70, 100),
                new(tenants[1], Month, 70, null),
                new(tenants[2], Month, 70, 0),
                new(tenants[3], Month.AddMonths(1), 70, 70));
            Assert.Equal<IEnumerable<long>>(round == 0 ? [70, 70, 0, 70] : [30, 70, 0, 0], granted);
            await commit.WriteAndCommitAsync([], [], default);
        }

        // A limit below the usage doesn't reduce the usage.
        await using var lowered = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<long>>([0], await lowered.ReserveQuotaAsync(new QuotaRequest(tenants[1], Month, 1, 10)));
        await lowered.WriteAndCommitAsync([], [], default);
        Assert.Equal(140, (await _store.Accounts.Usage.ReadAsync(tenants[1], Month, default)).Live);
        Assert.Equal(0, (await _store.Accounts.Usage.ReadAsync(tenants[3], Month, default)).Live);
    }

    [Fact]
    public async Task Keys_and_quota_are_reserved_together_and_released_in_part()
    {
        var keys = Keys(3);
        var (tenant, other) = (Guid.NewGuid(), Guid.NewGuid());
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            var (isNew, granted, _) = await commit.ReserveAsync(
                keys, [new(tenant, Month, 30, 100), new(other, Month, 7, 5)], [], harness.Time.GetUtcNow(), default);
            Assert.Equal<IEnumerable<bool>>([true, true, true], isNew);
            Assert.Equal<IEnumerable<long>>([30, 5], granted);
            await commit.ReleaseAsync([keys[0]], [new(tenant, Month, 12), new(other, Month, 5)], default);
            await commit.WriteAndCommitAsync([], [], default);
        }

        Assert.Equal(18, (await _store.Accounts.Usage.ReadAsync(tenant, Month, default)).Live);
        Assert.Equal(0, (await _store.Accounts.Usage.ReadAsync(other, Month, default)).Live);
        await using var again = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([true, false, false], await again.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_commit_in_one_step_writes_everything_or_nothing()
    {
        var (tenant, keys) = (Guid.NewGuid(), Keys(3));
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            if (!commit.CanTry)
                return; // Not supported by this store.
        }

        Assert.True(await TryAsync(keys[..2], new QuotaRequest(tenant, Month, 4, 10), 4));
        Assert.False(await TryAsync([keys[2], keys[0]], new QuotaRequest(tenant, Month, 4, 10), 4)); // One key is not new.
        Assert.False(await TryAsync([keys[2]], new QuotaRequest(tenant, Month, 7, 10), 7)); // One event doesn't fit.
        Assert.True(await TryAsync([keys[2]], new QuotaRequest(tenant, Month, 6, 10), 6));
        Assert.True(await TryAsync([], new QuotaRequest(Guid.NewGuid(), Month, 1, null), 1));
        Assert.Equal(10, (await _store.Accounts.Usage.ReadAsync(tenant, Month, default)).Live);
        Assert.Equal(11, (await _store.LinesAsync(TestData.Everything(_project))).Count);

        async Task<bool> TryAsync(BatchKey[] reserved, QuotaRequest quota, int events)
        {
            await using var commit = await _store.Commits.BeginAsync(default);
            CommitEvents[] written = [new(_project, default, [TestData.Batch(events, Day)])];
            if (await commit.TryCommitAsync(reserved, [quota], [], harness.Time.GetUtcNow(), written, [], default))
                return true;
            // The same transaction continues step by step.
            var (_, granted, _) = await commit.ReserveAsync(reserved, [quota], [], harness.Time.GetUtcNow(), default);
            Assert.True(granted[0] <= quota.Wanted);
            return false;
        }
    }

    [Fact]
    public async Task A_rehearsal_does_everything_and_writes_nothing()
    {
        var (tenant, keys, install) = (Guid.NewGuid(), Keys(2), new SeenInstall(_project, DataEnvironment.Live, 1, Day));
        var quota = new QuotaRequest(tenant, Month, 5, 8);
        CommitEvents[] written = [new(_project, default, [TestData.Batch(5, Day)], new UsageDay(tenant, Day))];
        RollupDelta[] deltas = [Delta(_project, Day, "{}")];
        var rehearsals = _store.Commits.Rehearsal;
        for (var time = 0; time < 2; time++)
        {
            await using var steps = await rehearsals.BeginAsync(default);
            var (isNew, granted, _) = await steps.ReserveAsync(keys, [quota], [], harness.Time.GetUtcNow(), default);
            Assert.Equal<IEnumerable<bool>>([true, true], isNew);
            Assert.Equal([5L], granted);
            Assert.Equal<IEnumerable<bool>>([true], await steps.AddNewInstallsAsync(install));
            await steps.WriteAndCommitAsync(written, deltas, default);
        }

        for (var time = 0; time < 2; time++)
        {
            await using var once = await rehearsals.BeginAsync(default);
            if (once.CanTry)
                Assert.True(await once.TryCommitAsync(keys, [quota], [], harness.Time.GetUtcNow(), written, deltas, default));
        }

        Assert.Empty(await _store.LinesAsync(TestData.Everything(_project)));
        var usage = await _store.Accounts.Usage.ReadAsync(tenant, Month, default);
        Assert.Equal((0, 0), (usage.Live, usage.Days.Count));
        await using var commit = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([true, true], await commit.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
        Assert.Equal<IEnumerable<bool>>([true], await commit.AddNewInstallsAsync(install));
    }

    [Fact]
    public async Task A_conflict_of_a_rehearsal_leaves_its_transaction_usable()
    {
        var keys = Keys(2);
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync([keys[0]], harness.Time.GetUtcNow());
            await commit.WriteAndCommitAsync([], [], default);
        }

        await using var rehearsal = await _store.Commits.Rehearsal.BeginAsync(default);
        if (rehearsal.CanTry)
            Assert.False(await rehearsal.TryCommitAsync(keys, [], [], harness.Time.GetUtcNow(), [], [], default));
        Assert.Equal<IEnumerable<bool>>([false, true], await rehearsal.ReserveKeysAsync(keys, harness.Time.GetUtcNow()));
        await rehearsal.WriteAndCommitAsync([], [], default);
    }

    [Fact]
    public async Task An_install_is_new_once_in_each_environment()
    {
        SeenInstall[] installs =
        [
            new(_project, DataEnvironment.Live, -5, Day),
            new(_project, DataEnvironment.Test, -5, Day),
            new(_project, DataEnvironment.Live, 9, Day),
        ];
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            Assert.Equal<IEnumerable<bool>>([true, true, true], await commit.AddNewInstallsAsync([.. installs]));
            await commit.WriteAndCommitAsync([], [], default);
        }

        await using var again = await _store.Commits.BeginAsync(default);
        var isNew = await again.AddNewInstallsAsync(
            new SeenInstall(Guid.NewGuid(), DataEnvironment.Live, 9, Day), installs[2], installs[0]);
        Assert.Equal<IEnumerable<bool>>([true, false, false], isNew);
    }

    [Fact]
    public async Task Written_events_can_be_read()
    {
        var events = new EventBatch()
            .Add(
                At(Day, 1),
                7,
                "build",
                Linux,
                metadata: """{"target":"prod","n":1,"nul":"\u0000"}""",
                version: "1.0",
                success: true,
                duration: 12.5f,
                session: -3)
            .Add(At(Day, 2), type: "log")
            .Add(At(Day, 3), long.MinValue, "ünï 🚀", Ci, success: false, duration: 0);
        var expected = events.Lines().Order(StringComparer.Ordinal).ToList();
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.WriteAndCommitAsync(
                [new(_project, DataEnvironment.Live, [events]), new(_project, DataEnvironment.Test, [Batch(2_300, Day), Batch(1, Day)])],
                [Delta(_project, Day, "a")],
                default);
        }

        Assert.Equal(expected, await _store.LinesAsync(Everything(_project)));
        Assert.Equal(2_301, (await _store.LinesAsync(Everything(_project, DataEnvironment.Test))).Count);
        var day = Assert.Single(
            await _store.Rollups.ReadDaysAsync(_project, DataEnvironment.Live, Day, Day, new Dictionary<DateOnly, KnownDay>(), default));
        Assert.Single(day.Deltas);
    }

    [Fact]
    public async Task A_batch_that_can_not_be_stored_fails_alone()
    {
        var fault = await Record.ExceptionAsync(
            () => _store.CommitAsync(_project, new EventBatch().Add(At(Day), subject: "a\0b"), Delta(_project, Day, "a")));
        Assert.IsNotType<StorageUnavailableException>(fault);
        var kept = await _store.LinesAsync(Everything(_project));
        Assert.Equal(fault is null ? 1 : 0, kept.Count);

        await _store.CommitAsync(_project, new EventBatch().Add(At(Day), subject: "ok"));
        Assert.Equal(kept.Count + 1, (await _store.LinesAsync(Everything(_project))).Count);
    }

    [Fact]
    public async Task Old_keys_are_deleted_and_newer_ones_are_kept()
    {
        var (old, recent) = (Keys(12), Keys(2));
        var longAgo = harness.Time.GetUtcNow().AddDays(-100);
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(old, longAgo);
            await commit.WriteAndCommitAsync([], [], default);
        }

        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(recent, longAgo.AddDays(1));
            await commit.WriteAndCommitAsync([], [], default);
        }

        Assert.Equal(12, await _store.Events.ForgetKeysAsync(longAgo.AddHours(1), default));
        await using var again = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([true, false], await again.ReserveKeysAsync([old[0], recent[0]], harness.Time.GetUtcNow()));
    }

    private BatchKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => new BatchKey(_project, Guid.NewGuid()))];
}
