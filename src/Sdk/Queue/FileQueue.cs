using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// Stores events in append-only files, one per batch. Any number of processes of the same tool fill and send the batches together. Holds no
/// lock and no open file between calls.
/// </summary>
/// <remarks>
/// Adding events does not list the directory: the name of the file to append to consists of a hash of the batch's head and, only while
/// several runs write at the same time, a number.
/// </remarks>
internal sealed class FileQueue(string directory, QueueSettings settings, Clock clock) : ITelemetryQueue
{
    /// <summary>The number of slots to try. If all of them are locked, events stay in memory.</summary>
    private const int MaxAttempts = 8;

    /// <summary>How long a batch that is being sent is not touched. After that, its sender may have died.</summary>
    private static readonly TimeSpan SendingTime = TimeSpan.FromMinutes(1);

    private readonly Uuid7 _ids = new();

    public bool Append(EventBlock block)
    {
        if (!Directory.Exists(directory))
            PrivateFiles.CreateDirectory(directory);
        var anyFull = false;
        while (block.Left > 0)
        {
            using var file = OpenSlot(block.HeadBytes);
            file.Append(block, _ids, clock.UtcNow, settings.BatchEvents, settings.BatchBytes);
            if (block.Left == 0 && file.Count < settings.BatchEvents && file.Length < settings.BatchBytes)
                continue;
            file.Close();
            anyFull = true;
        }

        if (anyFull)
            MakeRoom();
        return anyFull;
    }

    public QueuedBatch? Take(bool includeOpen)
    {
        var files = List(directory);
        foreach (var path in files)
        {
            if (BatchName.TryParseSealed(path, out var name) && (includeOpen || !IsBeingSent(path))
                && BatchFile.TryOpen(path, create: false) is { } file && Claim(file, name.Count) is { } batch)
                return batch;
        }

        foreach (var path in files)
        {
            if (BatchName.IsOpen(path) && BatchFile.TryOpen(path, create: false) is { } file && ClaimOpen(file, includeOpen) is { } batch)
                return batch;
        }

        return null;
    }

    public QueueStatus GetStatus()
    {
        var events = 0;
        var bytes = 0L;
        DateTimeOffset? oldest = null;
        foreach (var path in List(directory))
        {
            var created = clock.UtcNow;
            if (BatchName.TryParseSealed(path, out var name))
            {
                created = name.Created;
                events += name.Count;
            }
            else if (BatchName.IsOpen(path) && BatchFile.TryOpen(path, create: false) is { } file)
            {
                using (file)
                {
                    if (!file.Inspect() || file.Id.Length == 0)
                        continue;
                    created = file.Created;
                    events += file.Count;
                }
            }
            else
            {
                continue;
            }

            bytes += LengthOf(path);
            if (oldest is null || created < oldest)
                oldest = created;
        }

        return new(events, bytes, oldest);
    }

    public IReadOnlyList<WaitingBatch> Peek() => Peek(directory);

    /// <summary>Returns the batches in a directory.</summary>
    public static List<WaitingBatch> Peek(string directory)
    {
        var waiting = new List<WaitingBatch>();
        foreach (var path in List(directory))
        {
            if ((BatchName.IsOpen(path) || BatchName.TryParseSealed(path, out _)) && BatchFile.TryPeek(path) is { } batch)
                waiting.Add(batch);
        }

        waiting.Sort((left, right) => left.CreatedAt.CompareTo(right.CreatedAt));
        return waiting;
    }

    public void Clear() => Clear(directory);

    /// <summary>Deletes all batches in a directory.</summary>
    public static void Clear(string directory)
    {
        // Including batches that other processes are filling or sending, so that these cannot bring deleted events back.
        foreach (var path in List(directory))
        {
            if (BatchName.IsOpen(path) || BatchName.TryParseSealed(path, out _))
                TryDelete(path);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows does not delete open files. The other files are deleted nevertheless.
        }
    }

    private BatchFile OpenSlot(byte[] head)
    {
        var name = new Utf8Buffer();
        name.Hex(Checksum.Of(head, 0, head.Length), 60, 0);
        var slot = Path.Combine(directory, Utf8Buffer.AsciiText(name.Bytes, 0, name.Length));
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var path = slot + BatchName.Open;
            // A locked file costs an exception, so the number of slots to choose from grows with each attempt.
            if (attempt > 0)
                path = slot + "-" + (Guid.NewGuid().GetHashCode() & ((4 << 2 * attempt) - 1)) + BatchName.Open;
            // Twice, because the first file may contain a batch that has to be closed.
            for (var again = 0; again < 2; again++)
            {
                if (BatchFile.TryOpen(path, create: true) is not { } file)
                    break;
                if (CanAppend(file))
                    return file;
            }
        }

        throw new IOException("All slots of the queue are locked.");
    }

    /// <summary>Returns whether events may be added to a file. Otherwise closes the batch and disposes the file.</summary>
    private bool CanAppend(BatchFile file)
    {
        var continues = false;
        try
        {
            if (!file.Inspect())
                Discard(file, 0);
            else if (file.Id.Length == 0)
                return continues = true;
            else if (file.IsSealed || file.Count >= settings.BatchEvents || file.Length >= settings.BatchBytes || IsOld(file.Created))
                file.Close();
            else
                return continues = true;
            return false;
        }
        finally
        {
            if (!continues)
                file.Dispose();
        }
    }

    private FileBatch? ClaimOpen(BatchFile file, bool evenIfYoung)
    {
        var claimed = false;
        try
        {
            // An empty file was just created by another run.
            if (file.Inspect())
            {
                if (file.Id.Length == 0 || !(evenIfYoung || file.IsSealed || IsOld(file.Created)) || !file.Close())
                    return null;
            }

            claimed = true;
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            if (!claimed)
                file.Dispose();
        }

        return Claim(file, file.Count);
    }

    private FileBatch? Claim(BatchFile file, int expected)
    {
        var claimed = false;
        try
        {
            if (!file.TryRead(out var head, out var lines, out var count, out var damaged))
            {
                Discard(file, expected);
                return null;
            }

            if (damaged > 0)
                settings.Dropped("corrupted", damaged);
            if (count == 0)
            {
                file.Delete();
                return null;
            }

            file.Count = count;
            file.SetState(BatchName.Sending);
            file.Touch(clock.UtcNow);
            claimed = true;
            return new(file, head, lines, count);
        }
        catch (IOException)
        {
            // It cannot be read or renamed now. Another run will retry.
            return null;
        }
        finally
        {
            if (!claimed)
                file.Dispose();
        }
    }

    private void Discard(BatchFile file, int events)
    {
        settings.Dropped("corrupted", Math.Max(events, 1));
        file.Delete();
    }

    /// <summary>Drops the oldest batches beyond the limits of the queue.</summary>
    private void MakeRoom()
    {
        var files = List(directory);
        // With fewer files neither limit can be exceeded.
        if (files.Length < Math.Min(settings.QueueBytes / settings.BatchBytes, settings.QueueEvents / settings.BatchEvents))
            return;

        var events = 0;
        var bytes = 0L;
        for (var i = files.Length - 1; i >= 0; i--)
        {
            if (!BatchName.TryParseSealed(files[i], out var name))
                continue;
            events += name.Count;
            bytes += LengthOf(files[i]);
            if (events <= settings.QueueEvents && bytes <= settings.QueueBytes)
                continue;
            if (BatchFile.TryOpen(files[i], create: false) is not { } file)
                continue;
            file.Delete();
            settings.Dropped("queue_full", name.Count);
        }
    }

    private bool IsBeingSent(string path) =>
        path.EndsWith(BatchName.Sending, StringComparison.Ordinal)
        && (clock.UtcNow.UtcDateTime - File.GetLastWriteTimeUtc(path)).Duration() < SendingTime;

    private bool IsOld(DateTimeOffset created)
    {
        var age = clock.UtcNow - created;
        // A batch from the future was created before the clock was set back. Its age is unknown, so it is sent now.
        return age >= settings.Interval || age < TimeSpan.FromMinutes(-1);
    }

    private static string[] List(string directory)
    {
        try
        {
            if (!Directory.Exists(directory))
                return [];
            var files = Directory.GetFiles(directory);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private sealed class FileBatch(BatchFile file, string head, byte[] lines, int count)
        : QueuedBatch(Guid.ParseExact(file.Id, "N"), file.Created, head, lines, count)
    {
        public override void Complete() => file.Delete();

        public override void Return()
        {
            try
            {
                file.SetState(BatchName.Ready);
            }
            finally
            {
                file.Dispose();
            }
        }
    }
}
