using TelemetryKit.Core;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of the purge of old days that every store must meet.</summary>
public abstract class RetentionContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private static readonly DateOnly First = new(2026, 8, 20);
    private static readonly DateOnly Before = new(2026, 9, 15);
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_purge_deletes_the_old_events_and_the_counters_are_those_of_the_remaining_ones(bool compacted)
    {
        // Each commit contains several days, so that rows contain both old and new events.
        for (var commit = 0; commit < 40; commit++)
            await CommitAsync(DataEnvironment.Live, Spread(commit, 30));
        await CommitAsync(DataEnvironment.Test, Spread(100, 50));
        await CommitAsync(DataEnvironment.Live, Batch(3_000, Before.AddDays(-3)));
        if (compacted)
        {
            await harness.CompactAsync();

            foreach (var day in await _store.Rollups.FindPendingDaysAsync(1, DateTimeOffset.MaxValue, 1_000, default))
            {
                if (day.ProjectId == _project)
                    await _store.Rollups.FoldDayAsync(_project, day.Environment, day.Day, Rollup.Fold, default);
            }

            foreach (var month in (DateOnly[])[new(2026, 8, 1), new(2026, 9, 1), new(2026, 10, 1)])
                await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Rollup.FoldMonth, default);
        }

        var all = await _store.LinesAsync(Everything(_project));
        var kept = all.Where(line => long.Parse(line.Split('|')[0], null) >= At(Before)).ToList();
        var allInTest = await _store.LinesAsync(Everything(_project, DataEnvironment.Test));
        var keptInTest = allInTest.Where(line => long.Parse(line.Split('|')[0], null) >= At(Before)).ToList();
        Assert.InRange(kept.Count, 100, all.Count - 100);
        Assert.NotEmpty(keptInTest);

        var purged = await PurgeAsync(_project, Before);
        Assert.Equal(all.Count - kept.Count + 50 - keptInTest.Count, purged.Events);
        Assert.Equal(kept, await _store.LinesAsync(Everything(_project)));
        Assert.Equal(keptInTest, await _store.LinesAsync(Everything(_project, DataEnvironment.Test)));
        foreach (var environment in Enum.GetValues<DataEnvironment>())
            await AssertCountersAsync(environment);

        // The month that was purged in part must be folded again from the remaining days; the next one is kept.
        var months = await _store.Rollups.ReadMonthsAsync(_project, DataEnvironment.Live, First, Before.AddYears(1), default);
        Assert.Equal(compacted ? [new DateOnly(2026, 10, 1)] : Array.Empty<DateOnly>(), months.Select(month => month.Month));
        if (compacted)
        {
            Assert.True(await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, new(2026, 9, 1), Rollup.FoldMonth, default));
            var folded = await _store.Rollups.ReadMonthsAsync(_project, DataEnvironment.Live, new(2026, 9, 1), new(2026, 9, 1), default);
            var september = Rollup.Read(folded.Single().Rollup!.Value.Span);
            Assert.Equal(kept.Count(line => long.Parse(line.Split('|')[0], null) < At(new(2026, 10, 1))), september.Events);
        }

        Assert.Equal(default, await PurgeAsync(_project, Before));
    }

    [Fact]
    public async Task Other_projects_are_not_purged_and_no_install_is_new_twice()
    {
        var other = Guid.NewGuid();
        await _store.CommitAsync(_project, Batch(20, First));
        await _store.CommitAsync(other, Batch(20, First), Delta(other, First, "theirs"));
        var install = new SeenInstall(_project, DataEnvironment.Live, 1, First);
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.AddInstallsAsync([install], default);
            await commit.WriteAndCommitAsync([], [], default);
        }

        Assert.Equal(20, (await PurgeAsync(_project, Before)).Events);
        Assert.Equal(20, (await _store.LinesAsync(Everything(other))).Count);
        Assert.Single(
            await _store.Rollups.ReadDaysAsync(other, DataEnvironment.Live, First, First, new Dictionary<DateOnly, KnownDay>(), default));
        await using var again = await _store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<bool>>([false], await again.AddNewInstallsAsync(install with { Day = Before }));
    }

    [Fact]
    public async Task A_reader_that_has_a_purged_day_gets_an_empty_one_that_replaces_it()
    {
        await _store.CommitAsync(_project, Batch(20, First), Delta(_project, First, "a"));
        await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, First, Fold, default);
        var known = Assert.Single(await _store.Rollups.ReadDaysAsync(
            _project, DataEnvironment.Live, First, First, new Dictionary<DateOnly, KnownDay>(), default));
        await PurgeAsync(_project, Before);
        var gone = Assert.Single(await _store.Rollups.ReadDaysAsync(
            _project,
            DataEnvironment.Live,
            First,
            First,
            new Dictionary<DateOnly, KnownDay> { [First] = new(known.Revision, []) },
            default));
        Assert.True(gone.Replaces);
        Assert.Null(gone.Rollup);
        Assert.Empty(gone.Deltas);
    }

    [Fact]
    public async Task Deleting_an_install_later_does_not_create_its_purged_day_again()
    {
        await CommitAsync(DataEnvironment.Live, new EventBatch().Add(At(First), 7).Add(At(Before), 7).Add(At(Before), 8));
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.AddInstallsAsync(
                [new(_project, DataEnvironment.Live, 7, First), new(_project, DataEnvironment.Live, 9, First)], default);
            await commit.WriteAndCommitAsync([], [], default);
        }

        await PurgeAsync(_project, Before);
        Assert.Equal(1, await _store.Events.DeleteInstallAsync(_project, 7, CountRebuild, null, default));
        var days = await _store.Rollups.ReadDaysAsync(
            _project, DataEnvironment.Live, First, Before, new Dictionary<DateOnly, KnownDay>(), default);
        Assert.Equal([Before], days.Select(day => day.Day));
    }

    [Fact]
    public async Task Counters_and_events_stay_consistent_during_concurrent_commits()
    {
        // Old and new events are committed concurrently, and other tasks fold deltas and merge rows.
        var another = harness.Another();
        for (var commit = 0; commit < 20; commit++)
            await CommitAsync(DataEnvironment.Live, Spread(commit, 30));
        using var done = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                await CommitAsync(DataEnvironment.Live, Spread(i, 10), another);
                harness.Time.Advance(TimeSpan.FromSeconds(10)); // Rows are merged after some minutes.
                await another.Events.CompactEventsAsync(default);
                await another.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Before.AddDays(-1), Rollup.Fold, default);
                await Task.Yield();
            }
        });
        for (var i = 0; i < 5; i++)
        {
            await PurgeAsync(_project, Before);
            await AssertSnapshotsAgreeAsync();
        }

        await done.CancelAsync();
        await others;
        await PurgeAsync(_project, Before);
        await AssertCountersAsync(DataEnvironment.Live);
        Assert.All(await _store.LinesAsync(Everything(_project)), line => Assert.True(long.Parse(line.Split('|')[0], null) >= At(Before)));

        // Detects counters without their events and events without their counters. Commits between the reads only add events.
        async Task AssertSnapshotsAgreeAsync()
        {
            var before = await OldAsync();
            var counted = await CountersAsync(DataEnvironment.Live, Before.AddDays(-1));
            Assert.InRange(counted, before, await OldAsync());
        }

        async Task<int> OldAsync() =>
            (await _store.LinesAsync(new EventQuery(_project, DataEnvironment.Live, At(First), At(Before)))).Count;
    }

    private static EventBatch Spread(int seed, int count)
    {
        // Every other event is old.
        var batch = new EventBatch();
        for (var i = 0; i < count; i++)
        {
            var day = i % 2 == 0 ? First.AddDays((seed * 7 + i) % 26) : Before.AddDays((seed * 5 + i) % 30);
            batch.Add(
                At(day, seed + i),
                (seed + i) % 9,
                i % 3 == 0 ? "build" : "test",
                i % 2 == 0 ? Linux : Ci,
                metadata: i % 4 == 0 ? null : $$"""{"target":"t{{i % 5}}"}""",
                version: i % 7 == 0 ? null : "1.2.0",
                success: i % 5 == 0 ? null : i % 3 != 0,
                duration: i % 6 == 0 ? float.NaN : i,
                session: i % 8 == 0 ? 0 : i);
        }

        return batch;
    }

    private async Task CommitAsync(DataEnvironment environment, EventBatch events, IStore? store = null)
    {
        var days = new RollupsByDay();
        days.Add(events);
        await using var commit = await (store ?? _store).Commits.BeginAsync(default);
        await commit.WriteAndCommitAsync(
            [new(_project, environment, [events])],
            [.. days.Days.Select(day => new RollupDelta(Guid.CreateVersion7(), _project, environment, day.Key, day.Value.Serialize()))],
            default);
    }

    private async Task<Purged> PurgeAsync(Guid project, DateOnly before)
    {
        var all = default(Purged);
        await foreach (var part in _store.Retention.PurgeAsync(project, before, default))
            all += part;
        return all;
    }

    private async Task<long> CountersAsync(DataEnvironment environment, DateOnly to)
    {
        var days = await _store.Rollups.ReadDaysAsync(_project, environment, First, to, new Dictionary<DateOnly, KnownDay>(), default);
        return days.Sum(day => EventsOf(day.Rollup) + day.Deltas.Sum(delta => EventsOf(delta.Data)));

        static long EventsOf(ReadOnlyMemory<byte>? rollup) => rollup is { } data ? Rollup.Read(data.Span).Events : 0;
    }

    // Compares the stored rollups with those calculated from the remaining events.
    private async Task AssertCountersAsync(DataEnvironment environment)
    {
        var counted = new RollupsByDay();
        await foreach (var batch in _store.Events.ScanAsync(Everything(_project, environment), default))
            counted.Add(batch);
        var stored = await _store.Rollups.ReadDaysAsync(
            _project, environment, First.AddYears(-1), Before.AddYears(1), new Dictionary<DateOnly, KnownDay>(), default);
        Assert.Equal(counted.Days.Keys.Order(), stored.Select(day => day.Day).Order());
        foreach (var day in stored)
        {
            var parts = day.Deltas.Select(delta => delta.Data).ToList();
            if (day.Rollup is { } rollup)
                parts.Add(rollup);
            Assert.Equal(
                Convert.ToHexString(counted.Days[day.Day].Serialize()), Convert.ToHexString(Rollup.Read(Rollup.Fold(parts)).Serialize()));
        }
    }
}
