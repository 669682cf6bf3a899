using TelemetryKit.Core.Events;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>The layout of events in <c>event_batches</c>, which makes them small and fast to find.</summary>
public sealed class EventLayoutTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    private readonly Guid _project = Guid.NewGuid();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_499, 1)]
    [InlineData(1_500, 2)]
    [InlineData(20_000, 20)]
    public async Task A_large_commit_is_stored_as_rows_of_about_a_thousand_events_ordered_by_time(int events, int rows)
    {
        await harness.Store.CommitAsync(_project, Batch(events, Day, step: 0.5));
        var ranges = await RowsAsync("select n, min_ts, max_ts from event_batches where project_id = $1 order by min_ts");
        Assert.Equal(rows, ranges.Count);
        Assert.Equal(events, ranges.Sum(row => (int)row[0]));
        for (var i = 1; i < ranges.Count; i++)
            Assert.True((DateTime)ranges[i - 1][2] <= (DateTime)ranges[i][1]);
    }

    [Fact]
    public async Task Large_events_are_stored_in_rows_of_bounded_size_that_compaction_does_not_merge()
    {
        var large = new EventBatch();
        for (var i = 0; i < 600; i++)
            large.Add(At(Day, i), metadata: i < 300 ? $$"""{"text":"{{new string('x', 30_000)}}"}""" : null);
        await harness.Store.CommitAsync(_project, large);
        var before = await RowsAsync("select n, bytes from event_batches where project_id = $1");
        Assert.True(before.Count >= 3);
        Assert.All(before, row => Assert.InRange((int)row[1], 0, 4_000_000));
        Assert.Equal(600, before.Sum(row => (int)row[0]));
        Assert.Equal(300L * 30_011, before.Sum(row => (int)row[1]));
        await harness.CompactAsync();

        Assert.Equal(before.Count, (await RowsAsync("select n from event_batches where project_id = $1")).Count);
        Assert.Equal(600, (await harness.Store.LinesAsync(Everything(_project))).Count);
    }

    [Fact]
    public async Task Columns_without_values_are_null_and_the_others_are_compressed_with_lz4()
    {
        var bare = Guid.NewGuid();
        await harness.Store.CommitAsync(bare, new EventBatch().Add(At(Day)).Add(At(Day)));
        await harness.Store.CommitAsync(_project, Batch(1_000, Day));
        const string Nulls =
            """
            select num_nulls(subject, install, session, version, success, duration_ms, actor, context, metadata)
            from event_batches where project_id = $1
            """;
        Assert.Equal(9, Assert.Single(await RowsAsync(Nulls, bare))[0]);
        Assert.Equal(0, Assert.Single(await RowsAsync(Nulls))[0]);
        var methods = Assert.Single(await RowsAsync(
            """
            select pg_column_compression(type), pg_column_compression(context), pg_column_compression(metadata)
            from event_batches where project_id = $1
            """));
        Assert.Equal(["lz4", "lz4", "lz4"], methods);
    }

    [Fact]
    public async Task The_view_has_one_row_for_each_event_with_null_for_missing_values()
    {
        await harness.Store.CommitAsync(
            _project,
            new EventBatch()
                .Add(At(Day, 1), 7, "build", Linux, metadata: """{"target":"prod"}""", success: true, duration: 2)
                .Add(At(Day, 2), type: "log"));
        var rows = await RowsAsync(
            """
            select type, subject, install, session, version, success, duration_ms, actor, context ->> 'os', metadata ->> 'target', ts
            from events where project_id = $1 and env = 0 and batch_max_ts >= '2026-11-20' order by ts
            """);
        object none = DBNull.Value;
        var (first, second) = (Time(1), Time(2));
        Assert.Equal(["command_executed", "build", 7L, none, none, true, 2f, "human", "linux", "prod", first], rows[0]);
        Assert.Equal(["log", none, none, none, none, none, none, none, none, none, second], rows[1]);

        static DateTime Time(int seconds) => Day.ToDateTime(new TimeOnly(0, 0, seconds), DateTimeKind.Utc);
    }

    [Fact]
    public async Task Compaction_creates_rows_of_about_a_thousand_events_and_leaves_few_small_ones()
    {
        for (var i = 0; i < 100; i++)
            await harness.Store.CommitAsync(_project, Batch(27, Day, from: i * 30));
        for (var i = 0; i < 3; i++)
            await harness.Store.CommitAsync(_project, Batch(2, Day.AddDays(1)));
        await harness.CompactAsync();

        var rows = await RowsAsync("select n from event_batches where project_id = $1 order by n desc");
        var sizes = rows.Select(row => (int)row[0]).ToArray();
        Assert.Equal(2_706, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 667, 1_500));

        // A few small rows are not merged until there are enough of them.
        await harness.Store.CommitAsync(_project, Batch(2, Day.AddDays(1)));
        await harness.Store.CommitAsync(_project, Batch(2, Day.AddDays(1)));
        harness.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, await harness.Store.Events.CompactEventsAsync(default));
    }

    private Task<List<object[]>> RowsAsync(string sql, Guid? project = null) => harness.RowsAsync(sql, project ?? _project);
}
