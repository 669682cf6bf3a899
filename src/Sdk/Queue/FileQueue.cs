using System.Text;
using TelemetryKit.Context;

namespace TelemetryKit.Queue;

/// <summary>
/// Keeps events in append-only files, one for each batch, which any number of processes of the same tool fill and send together.
/// It holds no lock and no open file between two calls.
/// </summary>
internal sealed class FileQueue(string directory, QueueSettings settings, Clock clock) : ITelemetryQueue
{
    private readonly Uuid7 _ids = new();
    private string? _current;
    private string? _headText;
    private string _headHash = "";

    public bool Append(EventBlock block)
    {
        var anyFull = false;
        while (block.Left > 0)
        {
            using var file = OpenForAppending(block.Head);
            file.Append(block, settings.BatchEvents, settings.BatchBytes);
            var full = block.Left > 0 || file.Count >= settings.BatchEvents || file.Length >= settings.BatchBytes;
            if (full) file.Seal(file.Count);
            _current = full ? null : Path.Combine(directory, file.Name.ToString());
            anyFull |= full;
        }
        return anyFull;
    }

    public QueuedBatch? Take(bool includeOpen)
    {
        foreach (var path in List())
        {
            if (!BatchName.TryParse(path, out var name)) continue;
            if (name.State == BatchName.Open && !includeOpen && !IsOld(name)) continue;
            if (BatchFile.TryOpen(path, name) is not { } file) continue;
            var claimed = false;
            try
            {
                if (Claim(file) is not { } batch) continue;
                claimed = true;
                return batch;
            }
            catch (IOException)
            {
                // The file could not be renamed or read; another run may have better luck.
            }
            finally
            {
                if (!claimed) file.Dispose();
            }
        }
        return null;
    }

    public QueueStatus GetStatus()
    {
        var events = 0;
        var bytes = 0L;
        DateTimeOffset? oldest = null;
        foreach (var path in List())
        {
            if (!BatchName.TryParse(path, out var name)) continue;
            oldest ??= name.Created;
            bytes += LengthOf(path);
            events += name.Count ?? CountOf(path, name);
        }
        return new(events, bytes, oldest);
    }

    public DateTimeOffset? Oldest
    {
        get
        {
            foreach (var path in List())
                if (BatchName.TryParse(path, out var name))
                    return name.Created;
            return null;
        }
    }

    public void Clear()
    {
        foreach (var path in List())
            if (BatchName.TryParse(path, out var name) && BatchFile.TryOpen(path, name) is { } file)
                file.Delete();
    }

    private BatchFile OpenForAppending(string head)
    {
        if (!ReferenceEquals(_headText, head))
        {
            var bytes = Encoding.UTF8.GetBytes(head);
            _headHash = BatchFile.HashText(Checksum.Of(bytes, 0, bytes.Length));
            _headText = head;
        }

        if (_current is not null && TryContinue(_current) is { } current) return current;
        PrivateFiles.CreateDirectory(directory);
        var files = List();
        foreach (var path in files)
            if (TryContinue(path) is { } file)
                return file;
        MakeRoom(files);
        var now = clock.UtcNow;
        return BatchFile.Create(directory, _ids.Create(now), now, head);
    }

    private BatchFile? TryContinue(string path)
    {
        if (!BatchName.TryParse(path, out var name) || name.State != BatchName.Open || name.Head != _headHash || IsOld(name)) return null;
        if (BatchFile.TryOpen(path, name) is not { } file) return null;
        try
        {
            if (file.Recover() && file.Count < settings.BatchEvents && file.Length < settings.BatchBytes) return file;
        }
        catch (IOException)
        {
            // It cannot be read: leave it and begin another.
        }
        file.Dispose();
        return null;
    }

    private FileBatch? Claim(BatchFile file)
    {
        if (!file.TryRead(out var head, out var lines, out var count, out var damaged))
        {
            // No head, no batch. An empty file may be one that another process has created and not yet locked.
            if (file.Length > 0 || IsOlderThanADay(file.Name))
            {
                settings.Dropped("corrupted", Math.Max(damaged, file.Name.Count ?? 0));
                file.Delete();
            }
            return null;
        }
        if (damaged > 0) settings.Dropped("corrupted", damaged);
        if (count == 0)
        {
            file.Delete();
            return null;
        }
        if (file.Name.State == BatchName.Open) file.Seal(count);
        file.As(BatchName.Sending);
        return new(file, head, lines, count);
    }

    /// <summary>Drops the oldest batches until a further one fits.</summary>
    private void MakeRoom(string[] files)
    {
        // Below this many files neither bound can be reached, and nothing needs to be opened or measured.
        if (files.Length < Math.Min(settings.QueueBytes / settings.BatchBytes, settings.QueueEvents / settings.BatchEvents)) return;

        var events = 0;
        var bytes = 0L;
        foreach (var path in files)
        {
            if (!BatchName.TryParse(path, out var name)) continue;
            events += name.Count ?? settings.BatchEvents;
            bytes += LengthOf(path);
        }
        foreach (var path in files)
        {
            if (events + settings.BatchEvents <= settings.QueueEvents && bytes + settings.BatchBytes <= settings.QueueBytes) return;
            if (!BatchName.TryParse(path, out var name) || BatchFile.TryOpen(path, name) is not { } file) continue;
            var size = file.Length;
            var count = name.Count ?? (file.Recover() ? file.Count : 0);
            file.Delete();
            settings.Dropped("queue_full", count);
            events -= name.Count ?? settings.BatchEvents;
            bytes -= size;
        }
    }

    private bool IsOld(BatchName name)
    {
        var age = clock.UtcNow - name.Created;
        // A batch from the future is one from before the clock was put back: nobody knows its age, so it goes now.
        return age >= settings.Interval || age < TimeSpan.FromMinutes(-1);
    }

    private bool IsOlderThanADay(BatchName name) => clock.UtcNow - name.Created > TimeSpan.FromDays(1);

    private string[] List()
    {
        try
        {
            if (!Directory.Exists(directory)) return [];
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

    private static int CountOf(string path, BatchName name)
    {
        using var file = BatchFile.TryOpen(path, name);
        return file is not null && file.TryRead(out _, out _, out var count, out _) ? count : 0;
    }

    private sealed class FileBatch(BatchFile file, string head, byte[] lines, int count)
        : QueuedBatch(file.Name.Id, file.Name.Created, head, lines, count)
    {
        public override void Complete() => file.Delete();

        public override void Return()
        {
            file.As(BatchName.Ready);
            file.Dispose();
        }
    }
}
