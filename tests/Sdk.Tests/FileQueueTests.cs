using System.Text;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Queue;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

public sealed class FileQueueTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("tk-queue-").FullName, "q");
    private readonly FakeTimeProvider _time = new(new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));
    private readonly Dictionary<string, int> _dropped = [];

    [Fact]
    public void Events_are_taken_as_they_were_appended()
    {
        var queue = Queue();
        queue.Append(Block("a", "b"));
        queue.Append(Block("c"));
        Assert.Null(queue.Take(includeOpen: false));
        var batch = queue.Take(includeOpen: true)!;
        Assert.Equal(["a", "b", "c"], Names(batch));
        Assert.Equal(Head, batch.Head);
        batch.Complete();
        Assert.Null(queue.Take(includeOpen: true));
        Assert.Equal(0, queue.GetStatus().Events);
    }

    [Fact]
    public void A_full_batch_is_closed_and_the_remaining_events_start_another()
    {
        var queue = Queue(batchEvents: 3);
        Assert.True(queue.Append(Block("1", "2", "3", "4", "5", "6", "7")));
        Assert.Equal(["1", "2", "3"], Names(Completed(queue.Take(false))));
        Assert.Equal(["4", "5", "6"], Names(Completed(queue.Take(false))));
        Assert.Null(queue.Take(false));
        Assert.Equal(["7"], Names(Completed(queue.Take(true))));
    }

    [Fact]
    public void An_old_batch_is_due_and_nothing_is_added_to_it()
    {
        var queue = Queue();
        queue.Append(Block("before"));
        _time.Advance(TimeSpan.FromHours(2));
        queue.Append(Block("after"));
        Assert.Equal(["before"], Names(Completed(queue.Take(false))));
        Assert.Null(queue.Take(false));
    }

    [Fact]
    public void A_batch_is_due_if_the_clock_is_set_back()
    {
        _time.Advance(TimeSpan.FromDays(400));
        Queue().Append(Block("from the future"));
        _time.AdjustTime(_time.GetUtcNow().AddDays(-400));
        var queue = Queue();
        queue.Append(Block("now"));
        Assert.Equal(["from the future"], Names(Completed(queue.Take(false))));
    }

    [Fact]
    public void Events_with_different_heads_are_in_separate_batches()
    {
        var queue = Queue();
        queue.Append(Block("a"));
        queue.Append(new(Encoding.UTF8.GetBytes("""{"service_name":"x","service_version":"2"}"""), Line("b"), Line("b").Length, 1));
        Assert.Single(Names(Completed(queue.Take(true))));
        Assert.Single(Names(Completed(queue.Take(true))));
    }

    [Fact]
    public void A_claimed_batch_is_not_taken_again_until_it_is_returned()
    {
        var queue = Queue();
        queue.Append(Block("a"));
        var batch = queue.Take(true)!;
        Assert.Null(Queue().Take(true));
        batch.Return();
        var again = Queue().Take(true)!;
        Assert.Equal(batch.Id, again.Id);
        Assert.Equal(["a"], Names(again));
        again.Complete();
    }

    [Fact]
    public void A_batch_of_a_dead_process_is_sent_again_with_the_same_id()
    {
        Queue().Append(Block("a"));
        var id = TakeAndForget();
        // The process dies: the file keeps its name, and the lock is released with the handle.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Null(Queue().Take(false));
        _time.Advance(TimeSpan.FromMinutes(2));
        var again = Queue().Take(false)!;
        Assert.Equal(id, again.Id);
        again.Complete();
    }

    [Fact]
    public void An_incomplete_line_is_ignored_and_overwritten()
    {
        Queue().Append(Block("a"));
        var file = Assert.Single(Directory.GetFiles(_folder, "*.open"));
        File.AppendAllText(file, "{\"event_type\":\"tor");
        var queue = Queue();
        queue.Append(Block("b"));
        Assert.Equal(["a", "b"], Names(Completed(queue.Take(true))));
        Assert.Empty(_dropped);
    }

    [Fact]
    public void A_crash_at_any_byte_loses_only_what_was_being_written()
    {
        Queue().Append(Block("a", "b", "c"));
        var file = Assert.Single(Directory.GetFiles(_folder, "*.open"));
        var whole = File.ReadAllBytes(file);
        var lineEnds = Enumerable.Range(0, whole.Length).Where(i => whole[i] == '\n').ToArray();
        for (var length = 0; length <= whole.Length; length++)
        {
            foreach (var left in Directory.GetFiles(_folder))
                File.Delete(left);
            File.WriteAllBytes(file, whole.AsSpan(0, length));
            var queue = Queue();
            queue.Append(Block("z"));
            var stored = Math.Max(0, lineEnds.Count(end => end < length) - 1);
            Assert.Equal(new[] { "a", "b", "c" }.Take(stored).Append("z"), TakeAll(queue).SelectMany(batch => batch));
        }
    }

    [Fact]
    public void Damage_at_any_byte_loses_one_line_and_is_counted()
    {
        Queue().Append(Block("a", "b", "c"));
        var file = Assert.Single(Directory.GetFiles(_folder, "*.open"));
        var whole = File.ReadAllBytes(file);
        for (var at = 0; at < whole.Length; at++)
        {
            _dropped.Clear();
            foreach (var left in Directory.GetFiles(_folder))
                File.Delete(left);
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x55;
            File.WriteAllBytes(file, damaged);
            var names = TakeAll(Queue()).SelectMany(batch => batch).ToList();
            Assert.All(names, name => Assert.Contains(name, new[] { "a", "b", "c" }));
            Assert.True(names.Count == 3 || _dropped.GetValueOrDefault("corrupted") > 0 || names.Count == 2, $"byte {at}");
            Assert.Empty(Directory.GetFiles(_folder, "*.open"));
        }
    }

    [Fact]
    public void Foreign_files_are_not_touched()
    {
        Directory.CreateDirectory(_folder);
        var foreign = new[] { "notes.txt", "x.ready", "0123-4.sending", ".hidden" }.Select(name => Path.Combine(_folder, name)).ToArray();
        foreach (var file in foreign)
            File.WriteAllText(file, "not a batch");
        var queue = Queue();
        queue.Append(Block("a"));
        Assert.Equal(["a"], Names(Completed(queue.Take(true))));
        queue.Clear();
        Assert.All(foreign, file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public void Beyond_the_limits_the_oldest_events_are_dropped_and_counted()
    {
        var queue = Queue(batchEvents: 10, queueEvents: 100);
        for (var i = 0; i < 25; i++)
            queue.Append(Block(Enumerable.Range(i * 10, 10).Select(n => n.ToString()).ToArray()));
        var left = TakeAll(queue).SelectMany(batch => batch).ToList();
        Assert.Equal(Enumerable.Range(150, 100).Select(n => n.ToString()), left);
        Assert.Equal(150, _dropped["queue_full"]);
    }

    [Fact]
    public async Task Concurrent_writers_and_senders_neither_lose_nor_duplicate_events()
    {
        const int writers = 6, each = 300;
        var sent = new System.Collections.Concurrent.ConcurrentBag<(Guid Id, List<string> Names)>();
        var done = false;
        var senders = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var random = new Random();
            while (!Volatile.Read(ref done))
            {
                if (Queue(batchEvents: 7).Take(random.Next(4) == 0) is not { } batch)
                    continue;
                if (random.Next(5) == 0)
                {
                    batch.Return();
                    continue;
                }

                sent.Add((batch.Id, Names(batch)));
                batch.Complete();
            }
        })).ToArray();
        Parallel.For(0, writers, new() { MaxDegreeOfParallelism = writers }, writer =>
        {
            var queue = Queue(batchEvents: 7);
            for (var i = 0; i < each; i++)
            {
                var block = Block($"{writer}-{i}");
                // All slots may be locked for a moment. The client would keep the event in memory; the test tries again.
                while (block.Remaining > 0)
                {
                    try
                    {
                        queue.Append(block);
                    }
                    catch (IOException)
                    {
                        Thread.Yield();
                    }
                }
            }
        });
        Volatile.Write(ref done, true);
        await Task.WhenAll(senders);
        var names = sent.SelectMany(batch => batch.Names).Concat(TakeAll(Queue()).SelectMany(batch => batch)).ToList();
        Assert.Equal(writers * each, names.Count);
        Assert.Equal(writers * each, names.Distinct().Count());
        Assert.Equal(sent.Count, sent.Select(batch => batch.Id).Distinct().Count());
    }

    [Fact]
    public void Only_the_user_can_read_the_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows protects the user's profile.");
        Queue().Append(Block("a"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new FileInfo(_folder).UnixFileMode);
        Assert.All(
            Directory.GetFiles(_folder),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
    }

    [Fact]
    public void A_batch_that_is_deleted_while_it_is_being_sent_does_not_return()
    {
        var queue = Queue();
        queue.Append(Block("a"));
        var batch = queue.Take(true)!;
        Queue().Clear();
        Assert.Empty(Directory.GetFiles(_folder, "*-*"));
        // There is no file to return.
        Assert.ThrowsAny<IOException>(batch.Return);
        Assert.Empty(Directory.GetFiles(_folder, "*-*"));
        Assert.Null(queue.Take(true));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private const string Head = """{"service_name":"x"}""";

    private FileQueue Queue(int batchEvents = 100, int queueEvents = 10_000) => new(
        _folder,
        new("x", null, "", batchEvents, 512 * 1024, TimeSpan.FromHours(1), queueEvents, 10_000_000, Count),
        new TestClock(_time));

    private void Count(string reason, int count)
    {
        lock (_dropped)
            _dropped[reason] = _dropped.GetValueOrDefault(reason) + count;
    }

    private static EventBlock Block(params string[] names)
    {
        var lines = names.SelectMany(Line).ToArray();
        return new(Encoding.UTF8.GetBytes(Head), lines, lines.Length, names.Length);
    }

    private static byte[] Line(string name) => Encoding.UTF8.GetBytes($"{{\"event_type\":\"{name}\"}}\n");

    // A separate method, so that no reference to the claim remains.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private Guid TakeAndForget() => Queue().Take(true)!.Id;

    private static List<string> Names(QueuedBatch batch) =>
        Encoding.UTF8.GetString(batch.Lines).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line["{\"event_type\":\"".Length..^2]).ToList();

    private static QueuedBatch Completed(QueuedBatch? batch)
    {
        batch!.Complete();
        return batch;
    }

    private static List<List<string>> TakeAll(FileQueue queue)
    {
        var all = new List<List<string>>();
        while (queue.Take(includeOpen: true) is { } batch)
        {
            all.Add(Names(batch));
            batch.Complete();
        }

        return all;
    }
}
