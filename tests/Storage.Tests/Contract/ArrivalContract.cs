using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>Reading by arrival returns each event once, whatever its timestamp is and whichever process commits and reads.</summary>
public abstract class ArrivalContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Fact]
    public async Task Each_reader_returns_every_event_once_in_the_order_of_arrival()
    {
        var another = harness.Another();
        Reader[] readers = [new(_store, _project), new(another, _project)];
        await _store.CommitAsync(_project, One("before"));
        foreach (var reader in readers)
            Assert.Equal(["before"], await reader.ReadAsync());

        string[] sent = ["now", "old", "oldest", "new"];
        double[] age = [0, 3_600, 29 * 86_400, 0];
        for (var i = 0; i < sent.Length; i++)
        {
            await (i % 2 == 0 ? _store : another).CommitAsync(_project, One(sent[i], age[i]));
            harness.Time.Advance(TimeSpan.FromMilliseconds(5));
        }

        foreach (var reader in readers)
        {
            Assert.Equal(sent, await reader.ReadAsync());
            Assert.Empty(await reader.ReadAsync());
        }

        await another.CommitAsync(_project, One("last", 86_400));
        foreach (var reader in readers)
            Assert.Equal(["last"], await reader.ReadAsync());
    }

    [Fact]
    public async Task The_numbers_never_decrease_and_are_the_same_for_every_reader()
    {
        var (one, other) = (new Reader(_store, _project), new Reader(harness.Another(), _project));
        await _store.CommitAsync(_project, Batch(1_600, Day));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        await _store.CommitAsync(_project, Batch(20, Day.AddDays(-3)));
        await one.ReadAsync(limit: 5_000);
        await other.ReadAsync(limit: 5_000);
        Assert.Equal(1_620, one.Numbers.Count);
        Assert.Equal(one.Numbers, other.Numbers);
        Assert.Equal(one.Numbers.Order(), one.Numbers);
        Assert.True(one.Numbers[1_599] < one.Numbers[1_600]);
    }

    [Fact]
    public async Task If_more_events_arrived_than_the_limit_the_last_ones_are_returned()
    {
        var reader = new Reader(_store, _project);
        await reader.ReadAsync();
        for (var i = 0; i < 10; i++)
        {
            await _store.CommitAsync(_project, One($"n{i}", i * 1_000));
            harness.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["n7", "n8", "n9"], await reader.ReadAsync(limit: 3));
        Assert.Empty(await reader.ReadAsync(limit: 3));
    }

    [Fact]
    public async Task Other_projects_and_environments_are_not_read()
    {
        var (reader, test) = (new Reader(_store, _project), new Reader(_store, _project, DataEnvironment.Test));
        await _store.CommitAsync(Guid.NewGuid(), One("foreign"));
        await _store.CommitAsync(_project, One("live"));
        Assert.Equal(["live"], await reader.ReadAsync());
        Assert.Empty(await test.ReadAsync());
    }

    [Fact]
    public async Task Events_after_a_deletion_of_the_newest_ones_are_returned()
    {
        var reader = new Reader(_store, _project);
        await _store.CommitAsync(_project, One("kept"));
        for (var i = 0; i < 5; i++)
            await _store.CommitAsync(_project, new EventBatch().Add(At(Day, i), install: 7, subject: $"deleted{i}"));
        Assert.Equal(6, (await reader.ReadAsync()).Count);
        Assert.Equal(5, await _store.Events.DeleteInstallAsync(_project, 7, CountRebuild, null, default));
        await _store.CommitAsync(_project, One("a"));
        await _store.CommitAsync(_project, One("b", 3_600));
        Assert.Equal(["a", "b"], (await reader.ReadAsync()).Order());
        Assert.Empty(await reader.ReadAsync());
    }

    [Fact]
    public async Task A_reader_misses_and_repeats_no_event_during_commits_and_compaction()
    {
        const int Rounds = 30;
        var another = harness.Another();
        IStore[] stores = [_store, another];
        Reader[] readers = [.. stores.Select(store => new Reader(store, _project))];
        var read = readers.Select(_ => new List<string>()).ToArray();
        await ReadAllAsync();
        using var done = new CancellationTokenSource();
        var compacting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await another.Events.CompactEventsAsync(default);
        });
        var sent = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            string[] subjects = [.. Enumerable.Range(0, 10).Select(i => $"n{round:00}{i}")];
            sent.AddRange(subjects);
            var committing = Task.WhenAll(subjects.Select((subject, i) => Task.Run(
                () => stores[i % 2].CommitAsync(_project, One(subject, age: i * 70_000)))));
            while (!committing.IsCompleted)
                await ReadAllAsync();
            await committing;
            await ReadAllAsync();
            harness.Time.Advance(TimeSpan.FromSeconds(10));
        }

        await done.CancelAsync();
        await compacting;
        Assert.All(read, subjects => Assert.Equal(sent, subjects.Order(StringComparer.Ordinal)));

        async Task ReadAllAsync()
        {
            for (var i = 0; i < readers.Length; i++)
                read[i].AddRange(await readers[i].ReadAsync(limit: 5_000));
        }
    }

    private static EventBatch One(string subject, double age = 0) => new EventBatch().Add(At(Day, 36_000 - age), subject: subject);

    private sealed class Reader(IStore store, Guid project, DataEnvironment environment = DataEnvironment.Live)
    {
        private ArrivalPosition? _position;

        public List<long> Numbers { get; } = [];

        public async Task<List<string>> ReadAsync(int limit = 100)
        {
            var arrivals = await store.Events.ReadArrivalsAsync(project, environment, _position, limit, default);
            _position = arrivals.Next;
            Numbers.AddRange(arrivals.Numbers);
            Assert.Equal(arrivals.Events.Count, arrivals.Numbers.Count);
            return [.. arrivals.Events.Subject.Take(arrivals.Events.Count).Select(subject => subject!)];
        }
    }
}
