using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>Rows that become visible late, of processes whose clocks differ, and rows that are merged.</summary>
public sealed class ArrivalTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    private readonly Guid _project = Guid.NewGuid();
    private ArrivalPosition? _position;

    [Fact]
    public async Task A_row_with_an_older_id_than_one_that_was_read_is_read()
    {
        // The same as a commit that began earlier and becomes visible later.
        var behind = new FakeTimeProvider(harness.Time.GetUtcNow().AddSeconds(-40));
        await using var slow = new PostgresStore(harness.ConnectionString, TestSecrets.Usual, behind);
        await harness.Store.CommitAsync(_project, One("first"));
        Assert.Equal(["first"], await ReadAsync());
        await slow.CommitAsync(_project, One("late"));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["late"], await ReadAsync());
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task Merged_rows_are_not_read_as_new_events()
    {
        for (var i = 0; i < 70; i++)
            await harness.Store.CommitAsync(_project, One($"n{i}"));
        Assert.Equal(70, (await ReadAsync()).Count);
        Assert.Equal(0, await harness.Store.Events.CompactEventsAsync(default));
        for (var i = 0; i < 4; i++)
        {
            harness.Time.Advance(TimeSpan.FromSeconds(40));
            Assert.Empty(await ReadAsync());
        }

        Assert.Equal(70, await harness.Store.Events.CompactEventsAsync(default));
        await harness.Store.CommitAsync(_project, One("new"));
        Assert.Equal(["new"], await ReadAsync());
    }

    [Fact]
    public async Task A_new_reader_finds_recent_events_in_merged_rows()
    {
        for (var i = 0; i < 70; i++)
            await harness.Store.CommitAsync(_project, One($"n{i}"));
        harness.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(70, await harness.Store.Events.CompactEventsAsync(default));
        Assert.Equal(70, (await ReadAsync()).Count);
    }

    private static EventBatch One(string subject) => new EventBatch().Add(At(Day), subject: subject);

    private async Task<List<string>> ReadAsync()
    {
        var arrivals = await harness.Store.Events.ReadArrivalsAsync(_project, DataEnvironment.Live, _position, 500, default);
        _position = arrivals.Next;
        return [.. arrivals.Events.Subject.Take(arrivals.Events.Count).Select(subject => subject!)];
    }
}
