using System.Text;
using TelemetryKit.Context;
using TelemetryKit.Json;

namespace TelemetryKit.Queue;

/// <summary>
/// One batch on disk, held by this process alone. The first line is the head, each further line an event; every line ends with
/// a tab and its checksum, so what a crash or a bad disk left half-written is recognised and left out.
/// </summary>
/// <remarks>
/// All renaming and deleting happens while the file is held, and whoever gets hold of a file looks whether it still has the name it
/// was found under. So a file cannot be renamed, sent or deleted under the hands of another process.
/// </remarks>
internal sealed class BatchFile : IDisposable
{
    private const int ChecksumLength = 17;

    private readonly FileStream _stream;
    private string _path;

    private BatchFile(FileStream stream, string path, BatchName name)
    {
        _stream = stream;
        _path = path;
        Name = name;
    }

    public BatchName Name;

    public long Length => _stream.Length;

    /// <summary>Lines after the head, known after <see cref="Create"/> or <see cref="Recover"/>.</summary>
    public int Count;

    public static BatchFile Create(string directory, string id, DateTimeOffset now, string head)
    {
        var headBytes = Encoding.UTF8.GetBytes(head);
        var hash = Checksum.Of(headBytes, 0, headBytes.Length);
        var name = BatchName.New(id, HashText(hash), now);
        var path = Path.Combine(directory, name.ToString());
        var file = new BatchFile(PrivateFiles.OpenExclusive(path, FileMode.CreateNew), path, name);
        try
        {
            var line = new Utf8Buffer();
            WriteLine(line, headBytes, 0, headBytes.Length);
            file._stream.Write(line.Bytes, 0, line.Length);
            return file;
        }
        catch (IOException)
        {
            // A full disk: a file without a whole head is of no use to anyone.
            file.Delete();
            throw;
        }
    }

    /// <summary>Gets hold of a file; null when another process has it or it is gone.</summary>
    public static BatchFile? TryOpen(string path, BatchName name)
    {
        try
        {
            if (!File.Exists(path)) return null;
            var stream = PrivateFiles.OpenExclusive(path, FileMode.Open);
            if (File.Exists(path)) return new(stream, path, name);
            stream.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static string HashText(ulong hash)
    {
        var text = new Utf8Buffer();
        text.Hex64(hash);
        return text.ToString();
    }

    /// <summary>Makes the file fit to be appended to: cuts off a line that a crash left unfinished, and counts the rest.</summary>
    public bool Recover()
    {
        var bytes = Read();
        var end = 0;
        Count = -1;
        for (int next; (next = Array.IndexOf(bytes, (byte)'\n', end)) >= 0; end = next + 1) Count++;
        if (end < bytes.Length) _stream.SetLength(end);
        return end > 0;
    }

    /// <summary>
    /// Appends events until the file is full. What the disk has no room for is taken back whole, and the exception passed on.
    /// </summary>
    public void Append(EventBlock block, int maxEvents, int maxBytes)
    {
        var lines = new Utf8Buffer();
        var length = _stream.Length;
        var before = block.Position;
        var count = Count;
        while (block.Left > 0 && count < maxEvents)
        {
            var next = block.Next;
            if (count > 0 && length + lines.Length + next.Count + ChecksumLength > maxBytes) break;
            WriteLine(lines, next.Array!, next.Offset, next.Count - 1);
            block.Advance();
            count++;
        }

        try
        {
            _stream.Seek(length, SeekOrigin.Begin);
            _stream.Write(lines.Bytes, 0, lines.Length);
            _stream.Flush();
        }
        catch (IOException)
        {
            block.GoBack(before, count - Count);
            TryTruncate(length);
            throw;
        }
        Count = count;
    }

    /// <summary>Reads the head and the whole lines; false when not even the head is whole.</summary>
    public bool TryRead(out string head, out byte[] lines, out int count, out int damaged)
    {
        var bytes = Read();
        head = "";
        var whole = new Utf8Buffer();
        count = damaged = 0;
        for (int start = 0, end; start < bytes.Length; start = end + 1)
        {
            end = Array.IndexOf(bytes, (byte)'\n', start);
            // What follows the last line feed was being written when its process died: it was never kept.
            if (end < 0) break;
            var length = end - start - ChecksumLength;
            var intact = length > 0 && IsIntact(bytes, start, length);
            if (start == 0)
            {
                if (!intact) break;
                head = Encoding.UTF8.GetString(bytes, 0, length);
            }
            else if (intact)
            {
                whole.Append(bytes, start, length);
                whole.Byte((byte)'\n');
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

    public void Seal(int count) => Rename(Name.Sealed(count));

    public void As(string state)
    {
        if (Name.State != state) Rename(Name.In(state));
    }

    public void Delete()
    {
        try
        {
            File.Delete(_path);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Rename(BatchName name)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, name.ToString());
        PrivateFiles.Rename(_path, path);
        _path = path;
        Name = name;
    }

    private byte[] Read()
    {
        var bytes = new byte[(int)Math.Min(_stream.Length, 16 * 1024 * 1024)];
        _stream.Seek(0, SeekOrigin.Begin);
        var read = 0;
        for (int got; read < bytes.Length && (got = _stream.Read(bytes, read, bytes.Length - read)) > 0;) read += got;
        if (read < bytes.Length) Array.Resize(ref bytes, read);
        return bytes;
    }

    private void TryTruncate(long length)
    {
        try
        {
            _stream.SetLength(length);
        }
        catch (IOException)
        {
            // The unfinished line stays; its checksum will give it away.
        }
    }

    private static void WriteLine(Utf8Buffer to, byte[] bytes, int offset, int count)
    {
        to.Append(bytes, offset, count);
        to.Byte((byte)'\t');
        to.Hex64(Checksum.Of(bytes, offset, count));
        to.Byte((byte)'\n');
    }

    private static bool IsIntact(byte[] bytes, int start, int length)
    {
        if (bytes[start + length] != '\t') return false;
        var expected = HashText(Checksum.Of(bytes, start, length));
        for (var i = 0; i < expected.Length; i++)
            if (bytes[start + length + 1 + i] != expected[i])
                return false;
        return true;
    }
}
