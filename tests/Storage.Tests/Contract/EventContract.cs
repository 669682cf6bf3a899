using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of the explorer, of scans and of compaction that every store must meet.</summary>
public abstract class EventContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Fact]
    public async Task Pages_are_ordered_newest_first_and_complete()
    {
        // Rows with overlapping times, events with equal times, and one row that spans all of them.
        await _store.CommitAsync(_project, Batch(300, Day, from: 1_000, step: 0.5));
        await _store.CommitAsync(_project, Batch(200, Day, from: 500, step: 5));
        await _store.CommitAsync(_project, Batch(50, Day, from: 1_050, step: 0));
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day)).Add(At(Day, 80_000)));
        for (var i = 0; i < 30; i++)
            await _store.CommitAsync(_project, Batch(3, Day, from: 1_000 + i));
        foreach (var limit in (int[])[1, 7, 100, 641, 642, 1_000])
            Assert.Equal(await ExpectedAsync(Everything(_project)), await PagesAsync(Everything(_project) with { Limit = limit }));
    }

    [Fact]
    public async Task A_page_has_a_cursor_if_there_is_another_one()
    {
        await _store.CommitAsync(_project, Batch(10, Day));
        Assert.Null((await _store.Events.ReadPageAsync(Everything(_project) with { Limit = 10 }, default)).Next);
        Assert.NotNull((await _store.Events.ReadPageAsync(Everything(_project) with { Limit = 9 }, default)).Next);
        Assert.Equal(0, (await _store.Events.ReadPageAsync(Everything(Guid.NewGuid()), default)).Events.Count);
    }

    [Fact]
    public async Task Filters_select_the_same_events_as_a_test_of_each_event()
    {
        await _store.CommitAsync(_project, Batch(500, Day));
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day, 30), 3, "build", Ci, type: "feature_used"));
        var all = Everything(_project);
        EventQuery[] queries =
        [
            all with { Type = "feature_used" },
            all with { Subjects = ["build"] },
            all with { Subjects = ["build", "test"] },
            all with { Version = "1.2.0" },
            all with { Actor = "ci" },
            all with { Install = 3 },
            all with { From = At(Day, 10), To = At(Day, 20) },
            all with { Subjects = ["build"], Actor = "human", Version = "1.2.0", Install = 1, Type = "command_executed" },
            all with { Subjects = ["nothing"] },
            all with { Subjects = ["nothing", "build"] },
            all with { To = At(Day) },
            all with { From = At(Day, 499) },
        ];
        foreach (var query in queries)
        {
            var expected = await ExpectedAsync(query);
            Assert.Equal(expected.Order(StringComparer.Ordinal), await _store.LinesAsync(query));
            Assert.Equal(expected, await PagesAsync(query with { Limit = 20 }));
        }

        Assert.Equal(10, (await _store.LinesAsync(all with { From = At(Day, 10), To = At(Day, 20) })).Count);
        Assert.Empty(await _store.LinesAsync(Everything(_project, DataEnvironment.Test)));
    }

    [Fact]
    public async Task A_scan_returns_batches_of_bounded_size()
    {
        for (var i = 0; i < 3; i++)
            await _store.CommitAsync(_project, Batch(5_000, Day));
        var sizes = new List<int>();
        await foreach (var batch in _store.Events.ScanAsync(Everything(_project), default))
            sizes.Add(batch.Count);
        Assert.Equal(15_000, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 8_192));
    }

    [Fact]
    public async Task A_scan_returns_the_events_as_they_were_committed()
    {
        var events = Batch(1_500, Day);
        var longName = new string('ü', 200);
        for (var i = 0; i < 6; i++)
        {
            // Successive values that are equal, missing, empty, long and not ASCII.
            events.Add(At(Day, i), subject: i % 2 == 0 ? longName : null, version: i < 3 ? "" : "1.2.0", type: i == 4 ? "größe" : "error");
        }

        await _store.CommitAsync(_project, events);
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day, 7), type: "error"));
        var expected = events.Lines().Concat(new EventBatch().Add(At(Day, 7), type: "error").Lines());
        Assert.Equal(WithoutId(expected), WithoutId(await _store.LinesAsync(Everything(_project))));

        static IEnumerable<string> WithoutId(IEnumerable<string> lines) =>
            lines.Select(line => line.Split('|'))
                .Select(parts => string.Join('|', [parts[0], .. parts[2..]]))
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_scan_reads_only_the_parts_that_are_requested()
    {
        await _store.CommitAsync(_project, Batch(700, Day));
        await _store.CommitAsync(_project, Batch(20, Day, from: 800));
        EventParts[] parts =
        [
            EventParts.None, EventParts.Ids, EventParts.Context, EventParts.Metadata, EventParts.Metadata | EventParts.Values,
            EventParts.Subject, EventParts.Version, EventParts.Subject | EventParts.Context,
        ];
        var all = await ReadAsync(EventParts.All);
        Assert.Equal(720, all.Count);
        foreach (var requested in parts)
        {
            var expected = new EventBatch();
            for (var i = 0; i < all.Count; i++)
            {
                var ids = requested.HasFlag(EventParts.Ids);
                if (requested.HasFlag(EventParts.Metadata))
                    expected.AppendMetadata(all.Metadata(i).Span);
                if (requested.HasFlag(EventParts.Values))
                    StoredEvents.AppendValues(expected, all.Metadata(i).Span);
                expected.Add(
                    ids ? all.EventId[i] : Guid.Empty,
                    all.Timestamp[i],
                    all.Type[i],
                    requested.HasFlag(EventParts.Subject) ? all.Subject[i] : null,
                    all.Install[i],
                    ids ? all.Session[i] : 0,
                    requested.HasFlag(EventParts.Version) ? all.Version[i] : null,
                    all.Success[i],
                    all.DurationMs[i],
                    requested.HasFlag(EventParts.Context) ? all.Context[i] : EventContext.None);
            }

            var read = await ReadAsync(requested);
            Assert.Equal(expected.Lines().Order(StringComparer.Ordinal), read.Lines().Order(StringComparer.Ordinal));

            // A filter doesn't depend on the parts.
            var filtered = Everything(_project) with { Subjects = ["build"], Version = "1.2.0", Actor = "ci", Parts = requested };
            var complete = await _store.LinesAsync(filtered with { Parts = EventParts.All });
            Assert.NotEmpty(complete);
            Assert.Equal(complete.Count, (await _store.LinesAsync(filtered)).Count);
        }

        async Task<EventBatch> ReadAsync(EventParts requested)
        {
            var read = new EventBatch();
            await foreach (var batch in _store.Events.ScanAsync(Everything(_project) with { Parts = requested }, default))
            {
                for (var i = 0; i < batch.Count; i++)
                    read.CopyFrom(batch, i);
            }

            return read;
        }
    }

    [Fact]
    public async Task A_scan_can_end_early_and_can_be_canceled()
    {
        for (var i = 0; i < 4; i++)
            await _store.CommitAsync(_project, Batch(5_000, Day));
        for (var round = 0; round < 30; round++)
        {
            // More often than there are connections, so each must be returned to the pool.
            await foreach (var batch in _store.Events.ScanAsync(Everything(_project), default))
            {
                Assert.NotEqual(0, batch.Count);
                break;
            }
        }

        using var cancelled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _store.Events.ScanAsync(Everything(_project), cancelled.Token))
                await cancelled.CancelAsync();
        });
        Assert.Equal(20_000, (await _store.LinesAsync(Everything(_project))).Count);
    }

    [Fact]
    public async Task Compaction_changes_no_event()
    {
        for (var i = 0; i < 80; i++)
            await _store.CommitAsync(_project, Batch(i % 40, Day, from: i % 7));
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day.AddDays(-20))));
        var before = await _store.LinesAsync(Everything(_project));
        await harness.CompactAsync();

        Assert.Equal(before, await _store.LinesAsync(Everything(_project)));
        Assert.Equal(await ExpectedAsync(Everything(_project)), await PagesAsync(Everything(_project) with { Limit = 64 }));
    }

    [Fact]
    public async Task Readers_see_every_event_during_compaction_and_commits()
    {
        var committed = 0;
        using var done = new CancellationTokenSource();
        var compacting = Task.WhenAll(new[] { _store, harness.Another() }.Select(store => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await store.Events.CompactEventsAsync(default);
        })));
        var reading = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var least = Volatile.Read(ref committed);
                var lines = await _store.LinesAsync(Everything(_project));
                Assert.True(lines.Count >= least, $"{lines.Count} of {least}");
                Assert.Equal(lines.Count, lines.Distinct().Count());
            }
        });
        for (var i = 0; i < 150; i++)
        {
            await _store.CommitAsync(_project, Batch(25, Day, from: i));
            Interlocked.Add(ref committed, 25);
            harness.Time.Advance(TimeSpan.FromSeconds(3)); // Rows are merged after some minutes.
        }

        await done.CancelAsync();
        await Task.WhenAll(compacting, reading);
        Assert.Equal(committed, (await _store.LinesAsync(Everything(_project))).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Events_that_share_time_and_id_are_each_on_one_page(int limit)
    {
        // Ids are set by the senders: the same batch with another batch_id contains the same ids.
        var at = At(Day, 100);
        for (var commit = 0; commit < 5; commit++)
        {
            await _store.CommitAsync(_project, new EventBatch()
                .Add(at, id: Id(1), install: commit + 1)
                .Add(at, id: Id(1), install: commit + 10)
                .Add(at, id: Id(2), install: commit + 20)
                .Add(at + (commit * 1_000_000), id: Id(commit + 10)));
        }

        var pages = await PagesAsync(Everything(_project) with { Limit = limit });
        Assert.Equal((await _store.LinesAsync(Everything(_project))).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
        Assert.Equal(20, pages.Count);
    }

    /// <summary>Returns the matching events, newest first, by a test of each event.</summary>
    private async Task<List<string>> ExpectedAsync(EventQuery query)
    {
        List<(long Timestamp, Guid Id, string Line)> found = [];
        await foreach (var batch in _store.Events.ScanAsync(Everything(query.ProjectId, query.Environment), default))
        {
            var lines = batch.Lines().ToArray();
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.Timestamp[i] >= query.From
                    && batch.Timestamp[i] < query.To
                    && Matches(query.Type, batch.Type[i])
                    && (query.Subjects is not { } subjects || subjects.Contains(batch.Subject[i]))
                    && Matches(query.Version, batch.Version[i])
                    && Matches(query.Actor, batch.Context[i].Actor)
                    && (query.Install ?? batch.Install[i]) == batch.Install[i])
                {
                    found.Add((batch.Timestamp[i], batch.EventId[i], lines[i]));
                }
            }
        }

        return [.. found.OrderByDescending(at => at.Timestamp).ThenByDescending(at => at.Id).Select(at => at.Line)];

        static bool Matches(string? wanted, string? value) => wanted is null || wanted == value;
    }

    private async Task<List<string>> PagesAsync(EventQuery query)
    {
        List<string> lines = [];
        while (true)
        {
            var page = await _store.Events.ReadPageAsync(query, default);
            Assert.InRange(page.Events.Count, page.Next is null ? 0 : query.Limit, query.Limit);
            lines.AddRange(page.Events.Lines());
            if (page.Next is null)
                return lines;
            query = query with { After = page.Next };
        }
    }
}
