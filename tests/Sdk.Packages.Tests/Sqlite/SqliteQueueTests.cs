using TelemetryKit.Sqlite;
using static TelemetryKit.Packages.Tests.Sqlite.Queues;

namespace TelemetryKit.Packages.Tests.Sqlite;

public sealed class SqliteQueueTests : IDisposable
{
    private readonly Queues _queues = new();
    private readonly SqliteQueue _queue;

    public SqliteQueueTests() => _queue = _queues.Open();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void Appended_events_are_taken_once_with_their_head()
    {
        Append(_queue, "a", "b");
        Append(_queue, "c");
        var batch = _queue.Take(includeOpen: true)!;
        Assert.Equal(Head, batch.Head);
        Assert.Equal(Line("a") + Line("b") + Line("c"), Text(batch));
        Assert.Equal(3, batch.Count);
        Assert.Equal(_queues.Time.GetUtcNow(), batch.CreatedAt);
        Assert.Null(_queue.Take(includeOpen: true));
        batch.Complete();
        Assert.Null(_queue.Take(includeOpen: true));
        Assert.Equal(0, _queue.GetStatus().Events);
    }

    [Fact]
    public void All_batches_can_be_seen_without_taking_them()
    {
        Assert.Empty(_queue.Peek());
        Append(_queue, "a", "b", "c", "d", "e");
        _queues.Time.Advance(TimeSpan.FromSeconds(1));
        _queue.Append(Block(Head, Line("f"), "!{\"queue_full\":3}\n"));
        Append(_queues.Open("other"), "g");
        var taken = _queue.Take(includeOpen: true)!;
        var seen = _queues.Open().Peek();
        Assert.Equal(
            [Line("a") + Line("b") + Line("c") + Line("d") + Line("e"), Line("f") + "!{\"queue_full\":3}\n"],
            seen.Select(batch => System.Text.Encoding.UTF8.GetString(batch.Lines)));
        Assert.Equal((taken.Id, taken.CreatedAt, taken.Head), (seen[0].Id, seen[0].CreatedAt, seen[0].Head));
        taken.Complete();
        Assert.Equal(seen[1].Id, Assert.Single(_queue.Peek()).Id);
        // Still open.
        Append(_queue, "h");
        Assert.Single(_queue.Peek());
    }

    [Fact]
    public void A_returned_batch_is_taken_again_unchanged()
    {
        Append(_queue, "a");
        var first = _queue.Take(includeOpen: true)!;
        first.Return();
        Append(_queue, "b");
        var again = _queues.Open().Take(includeOpen: false)!;
        Assert.Equal((first.Id, first.Count), (again.Id, again.Count));
        Assert.Equal(first.Lines, again.Lines);
    }

    [Fact]
    public void Only_full_and_old_batches_are_due()
    {
        Assert.False(Append(_queue, "a", "b", "c", "d"));
        Assert.Null(_queue.Take(includeOpen: false));
        Assert.True(Append(_queue, "e"));
        _queue.Take(includeOpen: false)!.Complete();

        Append(_queue, "f");
        Assert.Null(_queue.Take(includeOpen: false));
        _queues.Time.Advance(TimeSpan.FromMinutes(10));
        _queue.Take(includeOpen: false)!.Complete();
    }

    [Fact]
    public void A_block_is_divided_into_batches_by_number_and_size()
    {
        Append(_queue, "a", "b", "c", "d", "e", "f", new string('x', 300), new string('y', 300));
        var counts = new List<int>();
        while (_queue.Take(includeOpen: true) is { } batch)
            counts.Add(batch.Count);
        Assert.Equal([1, 2, 5], counts.Order());
    }

    [Fact]
    public void Events_with_a_different_head_or_lane_are_in_separate_batches()
    {
        Append(_queue, "a");
        _queue.Append(Block("""{"service_name":"tool","service_version":"2"}""", Line("b")));
        Append(_queues.Open(lane: "test"), "c");
        Assert.Equal(1, _queue.Take(includeOpen: true)!.Count);
        Assert.Equal(1, _queue.Take(includeOpen: true)!.Count);
        Assert.Null(_queue.Take(includeOpen: true));
        Assert.Equal(Line("c"), Text(_queues.Open(lane: "test").Take(includeOpen: true)));
    }

    [Fact]
    public void A_claimed_batch_is_not_taken_by_another_queue()
    {
        Append(_queue, "a");
        var other = _queues.Open();
        var batch = _queue.Take(includeOpen: true)!;
        Assert.Null(other.Take(includeOpen: true));
        batch.Return();
        Assert.Equal(batch.Id, other.Take(includeOpen: true)!.Id);
    }

    [Fact]
    public void Numbers_of_dropped_events_are_part_of_the_batch()
    {
        _queue.Append(Block(Head, Line("a"), "!{\"queue_full\":3}\n"));
        var batch = _queue.Take(includeOpen: true)!;
        Assert.Equal(Line("a") + "!{\"queue_full\":3}\n", Text(batch));
        Assert.Equal(2, batch.Count);
    }

    [Fact]
    public void Sent_events_remain_up_to_a_limit()
    {
        Append(_queue, "a");
        Assert.Equal(["id-a|command_executed|2026-11-20T10:30:00Z|{\"name\":\"a\"}|0"], _queues.Rows());
        _queue.Take(includeOpen: true)!.Complete();
        Assert.Equal(["id-a|command_executed|2026-11-20T10:30:00Z|{\"name\":\"a\"}|1"], _queues.Rows());

        for (var i = 0; i < 210; i++)
        {
            Append(_queue, "b", "c", "d", "e", "f");
            _queue.Take(includeOpen: true)!.Complete();
        }

        Assert.Equal(SqliteQueue.KeptSynced, _queues.Rows().Count);
        Assert.DoesNotContain("id-a", _queues.Rows()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_the_limit_the_oldest_batches_are_dropped_and_counted()
    {
        Append(_queue, [.. Enumerable.Range(0, 5).Select(i => "n" + i)]);
        for (var n = 5; n < 20; n += 5)
        {
            _queues.Time.Advance(TimeSpan.FromSeconds(1));
            Append(_queue, [.. Enumerable.Range(n, 5).Select(i => "n" + i)]);
        }

        var sending = _queue.Take(includeOpen: false);
        Append(_queue, "last");
        // The first batch is being sent, so the second one is dropped.
        Assert.Equal([("queue_full", 5)], _queues.Dropped);
        Assert.Equal(16, _queue.GetStatus().Events);
        Assert.StartsWith(Line("n0"), Text(sending), StringComparison.Ordinal);
        Assert.StartsWith(Line("n10"), Text(_queue.Take(includeOpen: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_from_the_future_is_due_immediately_and_nothing_is_added_to_it()
    {
        Append(_queue, "a");
        _queues.Time.AdjustTime(_queues.Time.GetUtcNow().AddDays(-1));
        Append(_queue, "b");
        var batch = _queue.Take(includeOpen: false)!;
        Assert.Equal(Line("a"), Text(batch));
        batch.Complete();
        Assert.Null(_queue.Take(includeOpen: false));
    }

    [Fact]
    public void The_status_has_the_age_of_the_oldest_batch()
    {
        var now = _queues.Time.GetUtcNow();
        Assert.Null(_queue.GetStatus().Oldest);
        // This does not create the database.
        Assert.False(Directory.Exists(_queues.Folder));
        Append(_queue, "a");
        Assert.Equal(now, _queue.GetStatus().Oldest);
    }

    [Fact]
    public void Batch_ids_are_version_7_uuids()
    {
        Append(_queue, "a");
        var id = _queue.Take(includeOpen: true)!.Id;
        Assert.Equal(7, id.Version);
        Assert.InRange(id.Variant, 8, 11);
        var milliseconds = _queues.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.StartsWith(milliseconds.ToString("x12", null), id.ToString("N"), StringComparison.Ordinal);
    }
}
