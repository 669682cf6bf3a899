#if !NET
using System.Runtime.InteropServices;
#endif
using System.Text;

namespace TelemetryKit.Platform;

/// <summary>What was found at a path.</summary>
internal enum FileContent
{
    Missing,
    Text,

    /// <summary>
    /// There is something, but it is no small file that the user may read; or nobody knows, because a folder cannot be searched.
    /// </summary>
    Unreadable,
}

/// <summary>Reads small text files that somebody else may have written. Never throws, never waits, and never reads much.</summary>
internal static class SmallFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>
    /// The attributes of what does not exist. If that cannot be known, asking for them throws; <see cref="File.Exists(string)"/> would
    /// return false in both cases.
    /// </summary>
    private const FileAttributes Absent = (FileAttributes)(-1);

    /// <summary>Reads a file in UTF-8, or in UTF-16 with a byte order mark.</summary>
    public static FileContent TryRead(string path, out string text)
    {
        text = "";
        try
        {
            var file = new FileInfo(path);
            var attributes = file.Attributes;
            if (attributes == Absent)
                return FileContent.Missing;
            if ((attributes & FileAttributes.Directory) != 0)
                return FileContent.Unreadable;
            // A pipe or a device has no length. It is not opened, because that could wait forever.
            var length = LengthOf(file);
            if (length == 0)
                return FileContent.Text;
            if (length is < 0 or > MaxBytes)
                return FileContent.Unreadable;
            text = Read(path, (int)length);
            return FileContent.Text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileContent.Unreadable;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // No file can have this path.
            return FileContent.Missing;
        }
    }

    /// <summary>Returns false if there is certainly no such folder. It may be one that cannot be searched.</summary>
    public static bool MayBeFolder(string path)
    {
        try
        {
            // A link leads to a folder that cannot be seen, or to nothing. Then it contains nothing.
            var attributes = new FileInfo(path).Attributes;
            return attributes != Absent && (attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Returns a number that differs if a file was replaced or changed; 0 if there is none.</summary>
    public static long Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? file.LastWriteTimeUtc.Ticks + file.Length : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Returns the length of a file or of the file that a link leads to; -1 if it is not known.</summary>
    private static long LengthOf(FileInfo file)
    {
        if ((file.Attributes & FileAttributes.ReparsePoint) == 0)
            return file.Length;
#if NET
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
#else
        if (Path.DirectorySeparatorChar == '\\')
        {
            // Windows has no pipes in its file system, so opening never waits.
            using var stream = new FileStream(
                file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            return stream.Length;
        }

        return TargetOf(file.FullName) is { } target ? new FileInfo(target).Length : -1;
#endif
    }

#if !NET
    /// <summary>Returns the path of the file that a link leads to; null if there is none.</summary>
    private static string? TargetOf(string path)
    {
        try
        {
            var resolved = RealPath(path, IntPtr.Zero);
            if (resolved == IntPtr.Zero)
                return null;
            var length = 0;
            while (Marshal.ReadByte(resolved, length) != 0)
                length++;
            var bytes = new byte[length];
            Marshal.Copy(resolved, bytes, 0, length);
            Free(resolved);
            return Encoding.UTF8.GetString(bytes);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "realpath", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern IntPtr RealPath(string path, IntPtr buffer);

    [DllImport("libc", EntryPoint = "free")]
    private static extern void Free(IntPtr memory);
#endif

    private static string Read(string path, int length)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        var bytes = new byte[length];
        var read = 0;
        while (read < length && stream.Read(bytes, read, length - read) is > 0 and var more)
            read += more;
        using var reader = new StreamReader(new MemoryStream(bytes, 0, read), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
