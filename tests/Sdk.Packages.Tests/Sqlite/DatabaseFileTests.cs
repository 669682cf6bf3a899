using System.Runtime.Versioning;
using System.Text;
using Microsoft.Data.Sqlite;
using TelemetryKit.Sqlite;
using static TelemetryKit.Packages.Tests.Sqlite.Queues;

namespace TelemetryKit.Packages.Tests.Sqlite;

/// <summary>Tests damaged and deleted database files, and the permissions of the files.</summary>
public sealed class DatabaseFileTests : IDisposable
{
    private readonly Queues _queues = new();
    private readonly SqliteQueue _queue;

    public DatabaseFileTests() => _queue = _queues.Open();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void Clearing_leaves_no_trace_of_pending_and_sent_events()
    {
        Append(_queue, "marker-sent");
        _queue.Take(includeOpen: true)!.Complete();
        Append(_queue, "marker-waits");
        var sending = _queue.Take(includeOpen: true)!;
        _queue.Clear();
        sending.Return();
        Assert.Empty(_queues.Rows());
        Assert.Null(_queue.Take(includeOpen: true));
        foreach (var file in Directory.GetFiles(_queues.Folder))
            Assert.DoesNotContain("marker", Encoding.Latin1.GetString(ReadShared(file)), StringComparison.Ordinal);
    }

    [Fact(Skip = "Windows protects the user's profile.", SkipWhen = nameof(IsWindows))]
    [UnsupportedOSPlatform("windows")]
    public void Only_the_user_can_read_the_files()
    {
        Append(_queue, "a");
        var batch = _queue.Take(includeOpen: true)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_queues.Folder));
        var files = Directory.GetFiles(_queues.Folder);
        // The database, its log and its index, and the claim.
        Assert.Equal(4, files.Length);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        batch.Return();
    }

    [Fact]
    public void A_damaged_database_is_replaced()
    {
        Append(_queue, "a");
        foreach (var file in Directory.GetFiles(_queues.Folder))
            File.Delete(file);
        File.WriteAllBytes(_queues.Database, Encoding.ASCII.GetBytes(new string('?', 8192)));
        Append(_queues.Open(), "b");
        Assert.Equal([("corrupted", 1)], _queues.Dropped);
        Assert.Equal(Line("b"), Text(_queues.Open().Take(includeOpen: true)));
    }

    [Fact]
    public void A_partly_damaged_database_is_replaced()
    {
        Append(_queue, [.. Enumerable.Range(0, 15).Select(i => i + new string('x', 500))]);
        using (var connection = _queues.Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "pragma wal_checkpoint(truncate)";
            command.ExecuteNonQuery();
        }

        using (var file = new FileStream(_queues.Database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write(new byte[file.Length - 4096]);
        }

        var next = _queues.Open();
        Append(next, "b");
        Assert.Equal([("corrupted", 1)], _queues.Dropped);
        Assert.Equal(Line("b"), Text(next.Take(includeOpen: true)));
    }

    [Fact]
    public void A_database_of_a_later_version_is_not_changed_and_the_client_keeps_the_events()
    {
        Append(_queue, "a");
        using (var connection = _queues.Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "pragma user_version = 99";
            command.ExecuteNonQuery();
        }

        var block = Block(Head, Line("b"));
        Assert.Throws<NotSupportedException>(() => _queues.Open().Append(block));
        Assert.Equal(1, block.Remaining);
        Assert.Single(_queues.Rows());
    }

    [Fact]
    public void The_client_keeps_events_that_cannot_be_written()
    {
        Append(_queue, "a");
        using var other = _queues.Connect();
        using var transaction = other.BeginTransaction();
        var block = Block(Head, Line("b"), Line("c"));
        Assert.Throws<SqliteException>(() => _queue.Append(block));
        Assert.Equal(2, block.Remaining);
        transaction.Rollback();
        _queue.Append(block);
        Assert.Equal(3, _queue.GetStatus().Events);
    }

    [Fact]
    public void A_deleted_database_is_created_again()
    {
        Append(_queue, "a");
        foreach (var file in Directory.GetFiles(_queues.Folder))
            File.Delete(file);
        Append(_queue, "b");
        Assert.Equal(1, _queues.Open().GetStatus().Events);
    }

    [Fact]
    public void Claims_of_a_dead_process_are_deleted()
    {
        Append(_queue, "a");
        var left = _queues.Database + "-019a0000-0000-7000-8000-000000000000.claim";
        File.WriteAllText(left, "");
        _queues.Open().GetStatus();
        Assert.False(File.Exists(left));
    }

    public static bool IsWindows => OperatingSystem.IsWindows();

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
