using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// Keeps events in append-only files, one for each batch, which any number of processes of the same tool fill and send together.
/// It holds no lock and no open file between two calls.
/// </summary>
/// <remarks>
/// Adding events lists no folder: a run finds the file to go on with by its name, which is made of the batch head and a number that
/// is there only while several runs write at the same moment.
/// </remarks>
internal sealed class FileQueue(string directory, QueueSettings settings, Clock clock) : ITelemetryQueue
{
    /// <summary>Slots to try; with this many taken, events wait in memory.</summary>
    private const int Attempts = 8;

    /// <summary>For how long a batch that is being sent is left alone. After that its sender may be dead, and is worth asking after.</summary>
    private static readonly TimeSpan SendingTime = TimeSpan.FromMinutes(1);

    /// <summary>Its time of change says when the queue was last seen with nothing due in it.</summary>
    private const string Drained = "drained";

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

        MarkDrained();
        return null;
    }

    public bool IsOverdue(DateTimeOffset before)
    {
        // All that waited when the queue was last drained is gone: a look at one file's time spares listing them. The first run
        // of all finds no such file, and there was nothing before it.
        var drained = Path.Combine(directory, Drained);
        if (!File.Exists(drained))
            MarkDrained();
        return File.GetLastWriteTimeUtc(drained) < before.UtcDateTime && GetStatus().Oldest < before;
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

    public void Clear() => Clear(directory);

    /// <summary>Deletes everything that waits in a folder.</summary>
    public static void Clear(string directory)
    {
        // What somebody is filling or sending this moment as well: that then ends in nothing, instead of coming back with what was forgotten.
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
            // On Windows a file that is open stays; the others go all the same.
        }
    }

    private BatchFile OpenSlot(byte[] head)
    {
        var name = new Utf8Buffer();
        name.Hex(Checksum.Of(head, 0, head.Length), 60, 0);
        var slot = Path.Combine(directory, Utf8Buffer.AsciiText(name.Bytes, 0, name.Length));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var path = slot + BatchName.Open;
            // Being refused a file costs an exception. So the more often that happened, the more slots there are to choose from.
            if (attempt > 0)
                path = slot + "-" + (Guid.NewGuid().GetHashCode() & ((4 << 2 * attempt) - 1)) + BatchName.Open;
            // Twice, for the first may turn out to be a batch that had to be closed.
            for (var again = 0; again < 2; again++)
            {
                if (BatchFile.TryOpen(path, create: true) is not { } file)
                    break;
                else if (CanContinue(file))
                    return file;
            }
        }

        throw new IOException("All slots of the queue are taken.");
    }

    private bool CanContinue(BatchFile file)
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
            // An empty file belongs to a run that has created it this moment.
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
            file.As(BatchName.Sending);
            file.Touch(clock.UtcNow);
            claimed = true;
            return new(file, head, lines, count);
        }
        catch (IOException)
        {
            // It cannot be read or renamed now; another run may have better luck.
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

    /// <summary>Drops the oldest batches over the bounds.</summary>
    private void MakeRoom()
    {
        var files = List(directory);
        // Below this many files neither bound can be reached, and nothing needs to be measured.
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
        // A batch from the future is one from before the clock was put back: nobody knows its age, so it goes now.
        return age >= settings.Interval || age < TimeSpan.FromMinutes(-1);
    }

    private void MarkDrained()
    {
        try
        {
            var path = Path.Combine(directory, Drained);
            if (!File.Exists(path))
                PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate).Dispose();
            File.SetLastWriteTimeUtc(path, clock.UtcNow.UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the folder is listed once more than needed.
        }
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
                file.As(BatchName.Ready);
            }
            finally
            {
                file.Dispose();
            }
        }
    }
}
