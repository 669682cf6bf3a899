#if !NET
using System.Runtime.InteropServices;
#endif
using System.Text;

namespace TelemetryKit.Platform;

/// <summary>Makes folders and files that only the user may read, and small files whole or not at all.</summary>
internal static class PrivateFiles
{
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
#if NET
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }
#endif
        Directory.CreateDirectory(path);
#if !NET
        Restrict(path, 0x1C0); // 0700
#endif
    }

    /// <summary>
    /// Opens a file for this process alone. The lock goes with the process however it ends, which is how others see that it died.
    /// </summary>
    public static FileStream OpenExclusive(string path, FileMode mode)
    {
        // On Windows an exclusive file can be renamed only when its share mode allows it; elsewhere only None locks at all.
        var share = Path.DirectorySeparatorChar == '\\' ? FileShare.Delete : FileShare.None;
#if NET
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
#else
        var stream = new FileStream(path, mode, FileAccess.ReadWrite, share, bufferSize: 1);
        if (mode != FileMode.Open)
            Restrict(path, 0x180); // 0600
        return stream;
#endif
    }

    /// <summary>Renames within a folder, in one step, over what may be there.</summary>
    public static void Rename(string from, string to)
    {
#if NET
        File.Move(from, to, overwrite: true);
#else
        // netstandard2.0 cannot overwrite. The names we rename to are new, save after a crash between two runs.
        if (File.Exists(to))
            File.Delete(to);
        File.Move(from, to);
#endif
    }

    /// <summary>Writes a small file so that a reader sees the old content or the new, never half of it.</summary>
    public static void WriteAllText(string path, string text)
    {
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        Create(temporary, Encoding.UTF8.GetBytes(text));
        Rename(temporary, path);
    }

    /// <summary>Makes a small file that was not there; where the disk has no room for its content, not even an empty one is left behind.</summary>
    public static void Create(string path, byte[] content)
    {
        var stream = OpenExclusive(path, FileMode.CreateNew);
        try
        {
            using (stream)
                stream.Write(content, 0, content.Length);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The content of a small file of UTF-8; null when it is not there or cannot be read.</summary>
    public static string? TryReadAllText(string path) => TryReadAllBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The content of a small file; null when it is not there or cannot be read.</summary>
    public static byte[]? TryReadAllBytes(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

#if !NET
    private static void Restrict(string path, uint mode)
    {
        if (Path.DirectorySeparatorChar == '\\')
            return;
        try
        {
            _ = ChangeMode(path, mode);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without libc: the process's own file mask has to do.
        }
    }

    [DllImport("libc", EntryPoint = "chmod", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int ChangeMode(string path, uint mode);
#endif
}
