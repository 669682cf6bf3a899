using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Stats;

public sealed class EventPagesTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly StatsQuery Failed = new(DataEnvironment.Live, Day, Day)
    {
        Filters = [FieldFilter.Of(EventField.Of("success"), "false")],
    };

    [Theory]
    [InlineData(1, 900)]
    [InlineData(7, 100)]
    [InlineData(1_999, 10)]
    [InlineData(30_000, 10)]
    public async Task Pages_have_each_event_that_passes_once(int oneIn, int limit)
    {
        // Several events share a time and an id, and pages end between them.
        var store = new ListStore(Enumerable.Range(0, 70_000).Select(i => (Time: 1_000_000L - (i / 5), Fails: i % oneIn == 0)));
        var (seen, after, pages) = (new List<long>(), (EventCursor?)null, 0);
        do
        {
            store.Read = 0;
            var query = EventPages.QueryOf(Failed, Guid.NewGuid()) with { From = 0, To = long.MaxValue, After = after, Limit = limit };
            var page = await store.ReadPageAsync(query, Failed, default);
            Assert.True(store.Read <= Limits.SearchedEvents);
            Assert.True(page.Events.Count <= limit);
            Assert.Equal(page.Events.Count, page.Cursors.Count);
            seen.AddRange(page.Events.Install.AsSpan(0, page.Events.Count));
            after = page.Next;
        }
        while (after is not null && ++pages < 100_000);

        Assert.Equal(store.Installs(fails: true), seen);
    }

    [Fact]
    public async Task An_event_of_a_page_can_be_continued_after()
    {
        var store = new ListStore(Enumerable.Range(0, 500).Select(i => (Time: 1_000L - (i / 50), Fails: i % 3 == 0)));
        var query = EventPages.QueryOf(Failed, Guid.NewGuid()) with { From = 0, To = long.MaxValue, Limit = 1_000 };
        var all = await store.ReadPageAsync(query, Failed, default);

        for (var i = 0; i < all.Cursors.Count; i++)
        {
            var rest = await store.ReadPageAsync(query with { After = all.Cursors[i] }, Failed, default);
            Assert.Equal(
                all.Events.Install.AsSpan((i + 1)..all.Events.Count).ToArray(), rest.Events.Install.AsSpan(0, rest.Events.Count).ToArray());
        }
    }

    [Theory]
    [InlineData("1.4.x", "1.4.0", true)]
    [InlineData("1.4.x", "v1.4.7+build", true)]
    [InlineData("1.4.x", "1.4", true)]
    [InlineData("1.4.x", "1.4.x", true)]
    [InlineData("1.4.x", "1.40.0", false)]
    [InlineData("1.4.x", "1.4.0-beta.1", false)]
    [InlineData("1.4.x-prerelease", "1.4.0-beta.1", true)]
    [InlineData("1.4.x-prerelease", "1.4.0", false)]
    [InlineData("1.x", "1.40.0", true)]
    [InlineData("1.x", "10.0.0", false)]
    [InlineData("1.x", "1.x", true)]
    [InlineData("1.4.0.x", "1.4.0", false)]
    [InlineData("x", "1.0.0", false)]
    [InlineData("99999999999999999999.x", "1.0.0", false)]
    public void A_version_filter_can_select_a_group(string filter, string version, bool passes)
    {
        var events = new EventBatch();
        events.Add(Guid.NewGuid(), 0, "x", null, 1, 1, version, null, 0, EventContext.None);
        var query = new StatsQuery(DataEnvironment.Live, Day, Day) { Version = filter };
        Assert.Equal(passes, query.Predicate().Passes(events, 0));
        Assert.NotEqual(passes, NotIn(filter).Passes(events, 0));
    }

    private static EventPredicate NotIn(string version) =>
        new([FieldFilter.Of(EventField.Of("version"), version) with { Excludes = true }], null);

    /// <summary>Events in memory, newest first. The install of each is its number.</summary>
    private sealed class ListStore(IEnumerable<(long Time, bool Fails)> events) : IEventStore
    {
        private readonly (long Time, bool Fails)[] _events = [.. events];

        public int Read { get; set; }

        public IEnumerable<long> Installs(bool fails) =>
            Enumerable.Range(1, _events.Length).Where(number => _events[number - 1].Fails == fails).Select(number => (long)number);

        public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken)
        {
            var page = new EventBatch();
            var start = query.After is { } after
                ? Array.FindIndex(_events, e => e.Time == after.Timestamp) is var first && first < 0 ? _events.Length : first + after.Seen
                : 0;
            for (var i = start; i < _events.Length && page.Count < query.Limit; i++)
                page.Add(default, _events[i].Time, "x", null, i + 1, 0, null, !_events[i].Fails, 0, EventContext.None);
            Read += page.Count;
            if (start + page.Count == _events.Length)
                return Task.FromResult(new EventPage(page, null));
            var last = start + page.Count - 1;
            var seen = last - Array.FindIndex(_events, e => e.Time == _events[last].Time) + 1;
            return Task.FromResult(new EventPage(page, new EventCursor(_events[last].Time, default, seen)));
        }

        public Task<Arrivals> ReadArrivalsAsync(
            Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<long> DeleteInstallAsync(
            Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
