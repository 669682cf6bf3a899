using System.Diagnostics;
using System.Text;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// A batch on disk, locked by this process. The first line contains the id and the head, each further line an event. A line that consists
/// of # seals the batch. All other lines end with a checksum, so lines that a crash or a bad disk damaged are detected and ignored.
/// </summary>
/// <remarks>
/// Only the process that has locked a file changes, renames or deletes it. On Unix, however, opening and locking are two steps: in between,
/// another process may have sealed the batch and renamed the file, and a third process may have created a new file with the old name. The #
/// shows that the batch is sealed, and <see cref="HasCurrentName"/> whether the name still refers to this file.
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

    /// <summary>The batch's id as 32 hexadecimal digits; empty if the file has no complete first line.</summary>
    public string Id = "";

    public DateTimeOffset Created;

    /// <summary>The number of lines after the first one, without the seal.</summary>
    public int Count;

    /// <summary>Whether the batch is complete, so that no events may be added.</summary>
    public bool IsSealed;

    public long Length;

    /// <summary>
    /// Opens and locks a file. Returns null if another process has locked it, or if it does not exist and <paramref name="create"/> is
    /// false.
    /// </summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
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
                // Another process has locked it, or has just renamed it.
                return null;
            }
            catch (UnauthorizedAccessException) when (File.Exists(path))
            {
                // It belongs to another user, as after a run with sudo. Treat it like a locked file, so that it does not block the others.
                return null;
            }
            catch (IOException) when (attempt < 3)
            {
                // It was locked and has disappeared since. Retries are limited, because the disk may also be full.
            }
        }
    }

    /// <summary>
    /// Reads what the file contains, and removes an incomplete line at the end. Returns false if the file is not empty but has no complete
    /// first line.
    /// </summary>
    public bool Inspect()
    {
        var bytes = ReadAll();
        var end = 0;
        var lines = 0;
        for (int next; (next = Array.IndexOf(bytes, LineFeed, end)) >= 0; end = next + 1)
        {
            if (lines++ == 0 && TryReadFirstLine(bytes, next - ChecksumLength, out var id, out var created))
                (Id, Created) = (id, created);
            IsSealed = bytes[end] == Seal;
        }

        if (end < bytes.Length)
            _stream.SetLength(end);
        Length = end;
        Count = lines - (IsSealed ? 2 : 1);
        return bytes.Length == 0 || Id.Length > 0;
    }

    /// <summary>
    /// Adds events until the batch is full. Writes the first line first if the file is empty. If writing fails, neither the file nor the
    /// block is changed.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or writing failed.</exception>
    public void Append(EventBlock block, Uuid7 ids, DateTimeOffset now, int maxEvents, int maxBytes)
    {
        Debug.Assert(!IsSealed, "A sealed batch does not change.");
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

    /// <summary>Seals the batch and renames the file accordingly. Returns false if another process has already done so.</summary>
    public bool Close()
    {
        if (!HasCurrentName())
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

    /// <summary>Renames the file to <see cref="BatchName.Ready"/> or <see cref="BatchName.Sending"/>.</summary>
    public void SetState(string state) => Rename(BatchName.Of(Id, Count, state));

    /// <summary>Sets the file's time, which records when the batch was claimed.</summary>
    public void Touch(DateTimeOffset now) => File.SetLastWriteTimeUtc(_path, now.UtcDateTime);

    /// <summary>Reads the head and all intact events. Returns false if the head is damaged.</summary>
    /// <param name="head">The batch's head.</param>
    /// <param name="lines">The intact events.</param>
    /// <param name="count">The number of intact events.</param>
    /// <param name="damaged">The number of damaged events.</param>
    public bool TryRead(out string head, out byte[] lines, out int count, out int damaged)
    {
        var read = Content.Of(ReadAll());
        if (read.Head.Length > 0)
            (Id, Created) = (read.Id, read.Created);
        (head, lines, count, damaged) = (read.Head, read.Lines, read.Count, read.Damaged);
        return head.Length > 0;
    }

    /// <summary>Reads a batch that other processes may be filling or sending. Returns null if it is gone or damaged.</summary>
    public static WaitingBatch? TryPeek(string path)
    {
        try
        {
            // A pipe or a device has no length.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 })
                return null;
            using var stream = PrivateFiles.OpenToRead(path);
            var read = Content.Of(ReadAll(stream));
            return read.Count == 0 ? null : new(Guid.ParseExact(read.Id, "N"), read.Created, read.Head, read.Lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Delete()
    {
        try
        {
            if (HasCurrentName())
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
    /// Returns whether the path by which the file was opened still refers to it. If so, this remains true while the file is locked. It is
    /// always true for sealed batches, whose names are unique, and on Windows, which opens and locks in one step.
    /// </summary>
    /// <remarks>
    /// There is no portable way to find out which file a path refers to. Therefore the file is extended by a random length for a moment,
    /// and the length is read through the path. If the process dies in between, the zeros at the end are treated as an incomplete line.
    /// </remarks>
    private bool HasCurrentName()
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
            // The incomplete line remains. Readers ignore it, because it has no line feed or a wrong checksum.
        }
    }

    private byte[] ReadAll()
    {
        _stream.Seek(0, SeekOrigin.Begin);
        return ReadAll(_stream);
    }

    private static byte[] ReadAll(FileStream stream)
    {
        // A file contains at most one batch. The end of a longer file is treated as damaged.
        var bytes = new byte[(int)Math.Min(stream.Length, 16 * 1024 * 1024)];
        var read = 0;
        for (int got; read < bytes.Length && (got = stream.Read(bytes, read, bytes.Length - read)) > 0;)
            read += got;
        return bytes;
    }

    private static bool TryReadFirstLine(byte[] bytes, int length, out string id, out DateTimeOffset created)
    {
        (id, created) = ("", default);
        if (length <= IdLength || bytes[IdLength] != Tab)
            return false;
        var text = Utf8Buffer.AsciiText(bytes, 0, IdLength);
        if (Uuid7.TimeOf(text) is not { } time)
            return false;
        (id, created) = (text, time);
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

    /// <summary>What a file contains.</summary>
    private sealed class Content
    {
        public string Id = "", Head = "";
        public DateTimeOffset Created;
        public byte[] Lines = [];
        public int Count, Damaged;

        /// <summary>Reads the intact lines. The head is empty if it is damaged.</summary>
        public static Content Of(byte[] bytes)
        {
            var content = new Content();
            var intact = new Utf8Buffer();
            // A line without a line feed was being written when its process died, so it was never persisted.
            for (int start = 0, end; (end = Array.IndexOf(bytes, LineFeed, start)) >= 0; start = end + 1)
            {
                var length = end - start - ChecksumLength;
                if (start == 0)
                {
                    if (length <= IdLength || !IsIntact(bytes, 0, length)
                        || !TryReadFirstLine(bytes, length, out content.Id, out content.Created))
                        break;
                    content.Head = Encoding.UTF8.GetString(bytes, IdLength + 1, length - IdLength - 1);
                }
                else if (bytes[start] == Seal)
                {
                    break;
                }
                else if (length > 0 && IsIntact(bytes, start, length))
                {
                    intact.Append(bytes, start, length);
                    intact.Byte(LineFeed);
                    content.Count++;
                }
                else
                {
                    content.Damaged++;
                }
            }

            content.Lines = intact.ToArray();
            return content;
        }
    }
}
