using System.Text;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// One batch on disk, held by this process alone. The first line is the id and the head, each further line an event, and a line
/// with nothing but # says that no more may come. Every line ends with a checksum, so what a crash or a bad disk left half-written is
/// recognised and left out.
/// </summary>
/// <remarks>
/// A file is changed, renamed and deleted only by whoever holds it. But opening a file and getting hold of it are two steps on Unix:
/// in between another process may have closed the batch and renamed the file, and a third begun a new one under the old name. The #
/// tells that the batch is closed, and <see cref="IsStillNamed"/> whether the name still means this file.
/// </remarks>
internal sealed class BatchFile : IDisposable
{
    private const int IdLength = 32;
    private const int ChecksumLength = 17;
    private const byte Tab = (byte)'\t';
    private const byte LineFeed = (byte)'\n';
    private const byte Seal = (byte)'#';

    private readonly FileStream _stream;
    private string _path;

    private BatchFile(FileStream stream, string path)
    {
        _stream = stream;
        _path = path;
    }

    /// <summary>What names the batch, in 32 digits; empty when the file has no whole first line.</summary>
    public string Id = "";

    public DateTimeOffset Created;

    /// <summary>Lines after the first one, the seal not counted.</summary>
    public int Count;

    /// <summary>No more events may be added.</summary>
    public bool IsSealed;

    public long Length;

    /// <summary>Gets hold of a file; null when another process has it, or when it is not there and not to be created.</summary>
    public static BatchFile? TryOpen(string path, bool create)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!create && !File.Exists(path))
                    return null;
                return new(PrivateFiles.OpenExclusive(path, create ? FileMode.OpenOrCreate : FileMode.Open), path);
            }
            catch (IOException) when (!create || File.Exists(path))
            {
                // Another process has it, or has just renamed it.
                return null;
            }
            catch (UnauthorizedAccessException) when (File.Exists(path))
            {
                // It is another user's, as after a run with sudo. Like one that is taken, it must not stand in the way of the others.
                return null;
            }
            catch (IOException) when (attempt < 3)
            {
                // It was another's a moment ago and is gone now; were the disk full, trying again would not help.
            }
        }
    }

    /// <summary>
    /// Looks what the file holds, and cuts off a line that a crash left unfinished. False when there is something but no whole first line.
    /// </summary>
    public bool Inspect()
    {
        var bytes = ReadAll();
        var end = 0;
        var lines = 0;
        for (int next; (next = Array.IndexOf(bytes, LineFeed, end)) >= 0; end = next + 1)
        {
            if (lines++ == 0)
                ReadFirstLine(bytes, next - ChecksumLength);
            IsSealed = bytes[end] == Seal;
        }

        if (end < bytes.Length)
            _stream.SetLength(end);
        Length = end;
        Count = lines - (IsSealed ? 2 : 1);
        return bytes.Length == 0 || Id.Length > 0;
    }

    /// <summary>
    /// Adds events until the batch is full, to an empty file after a first line. What the disk has no room for is taken back, and
    /// the exception passed on.
    /// </summary>
    public void Append(EventBlock block, Uuid7 ids, DateTimeOffset now, int maxEvents, int maxBytes)
    {
        var lines = new Utf8Buffer();
        var count = Count;
        if (Id.Length == 0)
        {
            Id = ids.Create(now);
            Created = now;
            count = 0;
            lines.Ascii(Id);
            lines.Byte(Tab);
            lines.Append(block.HeadBytes, 0, block.HeadBytes.Length);
            EndLine(lines, 0);
        }

        var before = block.Position;
        var first = count;
        while (block.Left > 0 && count < maxEvents)
        {
            var next = block.Next;
            if (count > 0 && Length + lines.Length + next.Count + ChecksumLength > maxBytes)
                break;
            var start = lines.Length;
            lines.Append(next.Array!, next.Offset, next.Count - 1);
            EndLine(lines, start);
            block.Advance();
            count++;
        }

        try
        {
            Write(lines);
        }
        catch (IOException)
        {
            block.GoBack(before, count - first);
            throw;
        }

        Count = count;
    }

    /// <summary>Closes the batch and gives it its name; false when another process has done so.</summary>
    public bool Close()
    {
        if (!IsStillNamed())
            return false;
        if (!IsSealed)
        {
            var seal = new Utf8Buffer();
            seal.Byte(Seal);
            seal.Byte(LineFeed);
            Write(seal);
            IsSealed = true;
        }

        Rename(BatchName.Of(Id, Count, BatchName.Ready));
        return true;
    }

    /// <summary>Shows by the name that the batch is being sent, or is not any more.</summary>
    public void As(string state) => Rename(BatchName.Of(Id, Count, state));

    /// <summary>Notes by the file's time when the batch was claimed.</summary>
    public void Touch(DateTimeOffset now) => File.SetLastWriteTimeUtc(_path, now.UtcDateTime);

    /// <summary>Reads the head and the events that are whole, and counts those that are not; false when not even the head is whole.</summary>
    public bool TryRead(out string head, out byte[] lines, out int count, out int damaged)
    {
        var bytes = ReadAll();
        var whole = new Utf8Buffer();
        head = "";
        count = damaged = 0;
        // What follows the last line feed was being written when its process died: it was never kept.
        for (int start = 0, end; (end = Array.IndexOf(bytes, LineFeed, start)) >= 0; start = end + 1)
        {
            var length = end - start - ChecksumLength;
            if (start == 0)
            {
                if (length <= IdLength || !IsIntact(bytes, 0, length) || !ReadFirstLine(bytes, length))
                    break;
                head = Encoding.UTF8.GetString(bytes, IdLength + 1, length - IdLength - 1);
            }
            else if (bytes[start] == Seal)
            {
                break;
            }
            else if (length > 0 && IsIntact(bytes, start, length))
            {
                whole.Append(bytes, start, length);
                whole.Byte(LineFeed);
                count++;
            }
            else
            {
                damaged++;
            }
        }

        lines = whole.ToArray();
        return head.Length > 0;
    }

    public void Delete()
    {
        try
        {
            if (IsStillNamed())
                File.Delete(_path);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Rename(string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, name);
        if (path == _path)
            return;
        PrivateFiles.Rename(_path, path);
        _path = path;
    }

    /// <summary>
    /// Whether the name this file was opened by is still its name. While we hold the file, a yes stays a yes. Ids make the names of
    /// sealed batches unique, and Windows opens and locks in one step; there is nothing to doubt then.
    /// </summary>
    /// <remarks>
    /// There is no portable way to ask which file a name means. So the file is made longer by a random amount for a moment, and the
    /// name is asked for its length. Should we die in that moment, the zeros at the end are an unfinished line like any other.
    /// </remarks>
    private bool IsStillNamed()
    {
        if (!BatchName.IsOpen(_path) || Path.DirectorySeparatorChar == '\\')
            return true;
        var length = _stream.Length;
        var probe = length + 1 + (Guid.NewGuid().GetHashCode() & 0xF_FFFF);
        _stream.SetLength(probe);
        try
        {
            var named = new FileInfo(_path);
            return named.Exists && named.Length == probe;
        }
        finally
        {
            _stream.SetLength(length);
        }
    }

    private void Write(Utf8Buffer lines)
    {
        try
        {
            _stream.Seek(Length, SeekOrigin.Begin);
            _stream.Write(lines.Bytes, 0, lines.Length);
            Length += lines.Length;
        }
        catch (IOException)
        {
            TryTruncate();
            throw;
        }
    }

    private void TryTruncate()
    {
        try
        {
            _stream.SetLength(Length);
        }
        catch (IOException)
        {
            // The unfinished line stays; it has no end, or no right checksum.
        }
    }

    private byte[] ReadAll()
    {
        // Our files are at most a batch long; a longer one is not ours, and its end is as good as damaged.
        var bytes = new byte[(int)Math.Min(_stream.Length, 16 * 1024 * 1024)];
        _stream.Seek(0, SeekOrigin.Begin);
        var read = 0;
        for (int got; read < bytes.Length && (got = _stream.Read(bytes, read, bytes.Length - read)) > 0;)
            read += got;
        return bytes;
    }

    private bool ReadFirstLine(byte[] bytes, int length)
    {
        if (length <= IdLength || bytes[IdLength] != Tab)
            return false;
        var id = Utf8Buffer.AsciiText(bytes, 0, IdLength);
        if (Uuid7.TimeOf(id) is not { } created)
            return false;
        Id = id;
        Created = created;
        return true;
    }

    private static void EndLine(Utf8Buffer line, int start)
    {
        var checksum = Checksum.Of(line.Bytes, start, line.Length - start);
        line.Byte(Tab);
        line.Hex(checksum, 60, 0);
        line.Byte(LineFeed);
    }

    private static bool IsIntact(byte[] bytes, int start, int length)
    {
        if (bytes[start + length] != Tab)
            return false;
        var expected = new Utf8Buffer();
        expected.Hex(Checksum.Of(bytes, start, length), 60, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            if (bytes[start + length + 1 + i] != expected.Bytes[i])
                return false;
        }

        return true;
    }
}
