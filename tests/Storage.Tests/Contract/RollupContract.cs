using TelemetryKit.Core;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of readers and of folding that every store must meet.</summary>
public abstract class RollupContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Fact]
    public async Task A_reader_gets_the_whole_day_first_and_then_only_what_it_does_not_have()
    {
        var (a, b, c) = (Delta(_project, Day, "a"), Delta(_project, Day, "b"), Delta(_project, Day, "c"));
        await _store.CommitAsync(_project, null, a, b);
        var whole = Assert.Single(await ReadAsync());
        Assert.True(whole.Replaces);
        Assert.Equal((0, 2), (whole.Revision, whole.Deltas.Count));
        Assert.Null(whole.Rollup);

        await _store.CommitAsync(_project, null, c);
        var more = Assert.Single(await ReadAsync(new KnownDay(0, [a.Id, b.Id])));
        Assert.False(more.Replaces);
        Assert.Equal(c.Id, Assert.Single(more.Deltas).Id);
        Assert.Equal(c.Data.ToArray(), more.Deltas[0].Data.ToArray());
        Assert.Empty(await ReadAsync(new KnownDay(0, [a.Id, b.Id, c.Id])));
    }

    [Fact]
    public async Task Folding_replaces_deltas_by_a_rollup_of_a_higher_revision()
    {
        await _store.CommitAsync(_project, null, Delta(_project, Day, "b"), Delta(_project, Day, "a"));
        Assert.Equal(2, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default));
        var first = Assert.Single(await ReadAsync(new KnownDay(0, [])));
        Assert.True(first.Replaces);
        Assert.Equal("a b", first.Rollup.Text());
        Assert.Empty(first.Deltas);
        Assert.Empty(await ReadAsync(new KnownDay(first.Revision, [])));

        await _store.CommitAsync(_project, null, Delta(_project, Day, "c"));
        var delta = Assert.Single(await ReadAsync(new KnownDay(first.Revision, [])));
        Assert.Equal((false, 1, first.Revision), (delta.Replaces, delta.Deltas.Count, delta.Revision));
        Assert.Null(delta.Rollup);
        Assert.Equal(1, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default));
        var second = Assert.Single(await ReadAsync(new KnownDay(first.Revision, [delta.Deltas[0].Id])));
        Assert.Equal((true, "a b c"), (second.Replaces, second.Rollup.Text()));
        Assert.True(second.Revision > first.Revision);
        Assert.Equal(0, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default));
    }

    [Fact]
    public async Task A_day_with_many_deltas_is_folded_in_parts()
    {
        await _store.CommitAsync(_project, null, [.. Enumerable.Range(0, 1_100).Select(i => Delta(_project, Day, $"d{i:D4}"))]);
        var folded = new List<int>();
        while (await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default) is > 0 and var some)
            folded.Add(some);
        Assert.Equal(1_100, folded.Sum());
        Assert.True(folded.Count > 1);
        Assert.Equal(Enumerable.Range(0, 1_100).Select(i => $"d{i:D4}"), Names(await ReadAsync()).Order());
    }

    [Fact]
    public async Task A_known_day_that_was_deleted_is_returned_empty()
    {
        var kept = Delta(_project, Day.AddDays(-1), "k");
        await _store.CommitAsync(_project, null, kept);
        var gone = Assert.Single(await ReadAsync(new KnownDay(7, [Guid.NewGuid()])), state => state.Day == Day);
        Assert.Equal((true, 0L, 0), (gone.Replaces, gone.Revision, gone.Deltas.Count));
        Assert.Null(gone.Rollup);
        Assert.DoesNotContain(await ReadAsync(new KnownDay(0, [])), state => state.Day == Day);
    }

    [Fact]
    public async Task A_day_that_was_reset_and_filled_again_is_returned_whole()
    {
        var after = Delta(_project, Day, "after");
        await _store.CommitAsync(_project, null, after);
        var state = Assert.Single(await ReadAsync(new KnownDay(0, [Guid.NewGuid()])));
        Assert.True(state.Replaces);
        Assert.Equal(after.Id, Assert.Single(state.Deltas).Id);
    }

    [Fact]
    public async Task Days_environments_and_projects_are_independent()
    {
        await _store.CommitAsync(
            _project, null, Delta(_project, Day, "a"), Delta(_project, Day.AddDays(1), "b"), Delta(_project, Day.AddDays(2), "out"),
            Delta(_project, Day, "test", DataEnvironment.Test), Delta(Guid.NewGuid(), Day, "other"));
        var days = await _store.Rollups.ReadDaysAsync(
            _project, DataEnvironment.Live, Day, Day.AddDays(1), new Dictionary<DateOnly, KnownDay>(), default);
        Assert.Equal([Day, Day.AddDays(1)], days.Select(day => day.Day));
        Assert.All(days, day => Assert.Single(day.Deltas));
        Assert.Equal(1, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default));
        Assert.Equal(0, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default));
        Assert.Equal(1, await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Test, Day, Fold, default));
    }

    [Fact]
    public async Task No_delta_is_lost_or_counted_twice_if_it_is_committed_during_folding()
    {
        const int Deltas = 120;
        var stores = new[] { _store, harness.Another() };
        using var done = new CancellationTokenSource();
        var folding = stores.Select(store => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default);
        })).ToArray();
        var reading = Task.Run(async () =>
        {
            // Each snapshot contains each delta at most once, and no fewer than the former one.
            var seen = 0;
            while (!done.IsCancellationRequested)
            {
                var now = Names(await ReadAsync());
                Assert.Equal(now.Count, now.Distinct().Count());
                Assert.True(now.Count >= seen);
                seen = now.Count;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = writer; i < Deltas; i += 4)
                await stores[writer % 2].CommitAsync(_project, null, Delta(_project, Day, $"d{i:D3}"));
        })));
        await done.CancelAsync();
        await Task.WhenAll([.. folding, reading]);
        Assert.Equal(Enumerable.Range(0, Deltas).Select(i => $"d{i:D3}"), Names(await ReadAsync()).Order());
    }

    [Fact]
    public async Task Pending_days_are_those_with_many_or_old_deltas()
    {
        var (many, old, neither) = (_project, Guid.NewGuid(), Guid.NewGuid());
        await _store.CommitAsync(old, null, Delta(old, Day, "o"));
        harness.Time.Advance(TimeSpan.FromMinutes(1));
        var boundary = harness.Time.GetUtcNow();
        await _store.CommitAsync(many, null, [.. Enumerable.Range(0, 5_00).Select(i => Delta(many, Day, $"{i}"))]);
        await _store.CommitAsync(neither, null, Delta(neither, Day, "n"));
        var pending = await _store.Rollups.FindPendingDaysAsync(500, boundary, 100, default);
        var days = pending.Where(day => day.ProjectId == many || day.ProjectId == old || day.ProjectId == neither).ToArray();
        Assert.Equal([many, old], days.Select(day => day.ProjectId));
        Assert.Equal((500, boundary), (days[0].Deltas, days[0].Oldest));
        Assert.Equal(many, Assert.Single(await _store.Rollups.FindPendingDaysAsync(500, boundary, 1, default)).ProjectId);
    }

    [Fact]
    public async Task A_closed_month_is_folded_from_its_days_when_their_deltas_are_folded()
    {
        var month = new DateOnly(2026, 2, 1);
        await _store.CommitAsync(
            _project,
            null,
            Delta(_project, month, "a"),
            Delta(_project, month.AddDays(27), "b"),
            Delta(_project, month.AddMonths(1), "march"),
            Delta(_project, month.AddDays(-1), "january"));
        foreach (var day in (DateOnly[])[month, month.AddDays(27), month.AddMonths(1), month.AddDays(-1)])
            await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, day, Fold, default);
        await _store.CommitAsync(_project, null, Delta(_project, month.AddDays(3), "c"));

        Assert.Equal([month.AddMonths(-1)], await OpenMonthsAsync(new DateOnly(2026, 3, 31)));
        Assert.False(await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Fold, default));
        await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, month.AddDays(3), Fold, default);
        Assert.Equal([month.AddMonths(-1), month], await OpenMonthsAsync(new DateOnly(2026, 3, 31)));
        Assert.True(await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Fold, default));
        Assert.Equal([month.AddMonths(-1)], await OpenMonthsAsync(new DateOnly(2026, 3, 31)));
        var state = Assert.Single(
            await _store.Rollups.ReadMonthsAsync(_project, DataEnvironment.Live, month.AddMonths(-1), month.AddMonths(3), default));
        Assert.Equal((month, "a b c"), (state.Month, state.Rollup.Text()));
        Assert.False(await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month.AddMonths(6), Fold, default));
    }

    [Theory]
    [InlineData("delta")]
    [InlineData("folded")]
    [InlineData("rebuilt")]
    [InlineData("deleted")]
    [InlineData("from before")]
    public async Task A_month_that_does_not_consist_of_its_days_as_they_are_is_replaced_by_them_until_it_is_folded_again(string change)
    {
        var month = new DateOnly(2026, 4, 1);
        var (first, last) = (month, month.AddDays(29));
        await _store.CommitAsync(_project, Batch(10, first), Delta(_project, first, "a"), Delta(_project, last, "b"));
        await FoldAsync();
        Assert.Single(await MonthsAsync());

        switch (change)
        {
            case "delta":
                await _store.CommitAsync(_project, null, Delta(_project, last, "c"));
                break;
            case "folded":
                await _store.CommitAsync(_project, null, Delta(_project, last, "c"));
                await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, last, Fold, default);
                break;
            case "rebuilt":
                await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default);
                break;
            case "deleted":
                await harness.ExecuteAsync("delete from rollups where day = '2026-04-30'");
                break;
            default:
                await harness.ExecuteAsync("update rollups_monthly set days = null, revisions = null");
                break;
        }

        Assert.Empty(await MonthsAsync());
        var request = new RollupRequest { Months = [month] };
        var days = (await _store.Rollups.ReadAsync(_project, DataEnvironment.Live, request, default)).Days;
        Assert.Equal(change == "deleted" ? [first] : [first, last], days.Select(day => day.Day));
        await FoldAsync();
        Assert.Single(await MonthsAsync());

        Task<IReadOnlyList<MonthState>> MonthsAsync() =>
            _store.Rollups.ReadMonthsAsync(_project, DataEnvironment.Live, month, month, default);

        async Task FoldAsync()
        {
            foreach (var day in (DateOnly[])[first, last])
                await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, day, Fold, default);
            Assert.Contains(month, await OpenMonthsAsync(new DateOnly(2026, 5, 1)));
            Assert.True(await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Fold, default));
            Assert.DoesNotContain(month, await OpenMonthsAsync(new DateOnly(2026, 5, 1)));
        }
    }

    private static List<string> Names(IReadOnlyList<DayState> days) =>
        [.. days.SelectMany(day => day.Deltas.Select(delta => ((ReadOnlyMemory<byte>?)delta.Data).Text()).Append(day.Rollup.Text()))
            .SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private async Task<IReadOnlyList<DayState>> ReadAsync(KnownDay? known = null)
    {
        var all = new Dictionary<DateOnly, KnownDay>();
        if (known is not null)
            all[Day] = known;
        return await _store.Rollups.ReadDaysAsync(_project, DataEnvironment.Live, Day.AddDays(-1), Day.AddDays(1), all, default);
    }

    private async Task<IEnumerable<DateOnly>> OpenMonthsAsync(DateOnly closedBefore) =>
        (await _store.Rollups.FindOpenMonthsAsync(closedBefore, 1_000, default))
            .Where(open => open.ProjectId == _project).Select(open => open.Day).Order();
}
