using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TelemetryKit.Platform;

/// <summary>Creates directories and files that only the user can read, and writes small files atomically.</summary>
internal static class PrivateFiles
{
#if !NET
    private const int RenameAttempts = 20;
#endif

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
    /// Opens a file exclusively. The lock is released when the process ends, however it ends, so other processes can detect that it died.
    /// </summary>
    public static FileStream OpenExclusive(string path, FileMode mode)
    {
        // On Windows an open file can be renamed, and be read with OpenToRead, only if its share mode allows it; the mode excludes other
        // writers, so it is a lock as well. Elsewhere only FileShare.None takes a lock.
        var share = Path.DirectorySeparatorChar == '\\' ? FileShare.Read | FileShare.Delete : FileShare.None;
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

    /// <summary>Opens a file to read it, also if another process has opened it exclusively.</summary>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read the file.</exception>
    public static FileStream OpenToRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (IOException) when (Path.DirectorySeparatorChar == '/' && File.Exists(path))
        {
            // FileStream takes a lock for each way of sharing. The system's own call takes none.
            var handle = new SafeFileHandle((IntPtr)Open(path, flags: 0), ownsHandle: true);
            if (!handle.IsInvalid)
                return new(handle, FileAccess.Read, bufferSize: 1);
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Renames a file within its directory, and replaces an existing one.</summary>
    public static void Rename(string from, string to)
    {
#if NET
        File.Move(from, to, overwrite: true);
#else
        // netstandard2.0 has no method for both cases, and other processes replace and delete the same files.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (File.Exists(to))
                    File.Replace(from, to, destinationBackupFileName: null);
                else
                    File.Move(from, to);
                return;
            }
            catch (IOException) when (attempt < RenameAttempts && File.Exists(from))
            {
                // The target was created or deleted meanwhile.
            }
        }
#endif
    }

    /// <summary>Writes a small file atomically: readers see either the old content or the new.</summary>
    public static void WriteAllText(string path, string text)
    {
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        Create(temporary, Encoding.UTF8.GetBytes(text));
        try
        {
            Rename(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Creates a small file that does not exist yet. If the content cannot be written, no file is left behind.</summary>
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

    /// <summary>Reads a small UTF-8 file. Returns null if it does not exist or cannot be read.</summary>
    public static string? TryReadAllText(string path) => TryReadAllBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Reads a small file. Returns null if it does not exist or cannot be read.</summary>
    public static byte[]? TryReadAllBytes(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // A pipe in place of a file would block for ever. Like an empty file, it has no length.
            return !file.Exists ? null : file.Length == 0 ? [] : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a file of the kernel, whose length is unknown. Returns null if it does not exist or cannot be read.</summary>
    public static byte[]? TryReadKernelFile(string path)
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

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

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
            // Without libc, the umask of the process applies.
        }
    }

    [DllImport("libc", EntryPoint = "chmod", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int ChangeMode(string path, uint mode);
#endif
}
