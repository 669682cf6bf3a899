using System.ComponentModel;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Secrets;

/// <summary>
/// The secret of a server without settings for it: a file next to the data folder, so that a copy of the folder doesn't contain it. Only
/// its owner can read it.
/// </summary>
/// <param name="dataFolder">The data folder.</param>
public sealed class SecretFile(string dataFolder) : ISecretSource
{
    private readonly string _dataFolder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder));

    /// <summary>The path of the file.</summary>
    public string File => _dataFolder + ".secret";

    /// <inheritdoc/>
    public string Description => "The file " + File;

    /// <inheritdoc/>
    public ServerSecrets? Find()
    {
        try
        {
            return ServerSecret.TryParse(System.IO.File.ReadAllText(File)) is { } secret
                ? new ServerSecrets(secret)
                : throw new ServerSecretException($"{Description} doesn't contain the secret of a server. Restore it from a copy.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServerSecretException($"{Description}, which contains the secret of this server, can't be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ServerSecrets Create()
    {
        if (Find() is { } existing)
            return existing;
        if (IsVolume())
        {
            throw new ServerSecretException(
                $"The data folder {_dataFolder} is a volume of its own, so a secret next to it would be lost with the container. "
                + "Set TELEMETRYKIT_SECRET or TELEMETRYKIT_SECRET_FILE; `openssl rand -base64 32` makes a secret.");
        }

        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!System.IO.File.Exists(File))
            {
                throw new ServerSecretException(
                    $"{Description}, for the secret of this server, can't be created: {e.Message} Set TELEMETRYKIT_SECRET or "
                    + "TELEMETRYKIT_SECRET_FILE; `openssl rand -base64 32` makes a secret.",
                    e);
            }
        }

        // If another process was first, its secret is used.
        return Find() ?? throw new ServerSecretException($"{Description}, which was just created, doesn't exist.");
    }

    // The complete file gets its name in one step, so that no process reads a part of it.
    private void Write()
    {
        // The folder that contains the data folder and the file may not exist yet.
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        var part = $"{File}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = PrivateFile.Open(part, FileMode.CreateNew))
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.WriteLine(ServerSecret.Generate());
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            Name(part);
        }
        finally
        {
            System.IO.File.Delete(part);
        }
    }

    // File.Move looks first and renames then, so of two processes the second could replace the secret that the first uses already.
    // A hard link fails if the name exists.
    private void Name(string part)
    {
        if (OperatingSystem.IsWindows())
            System.IO.File.Move(part, File, overwrite: false);
        else if (Link(part, File) != 0)
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    private bool IsVolume() => DriveInfo.GetDrives().Any(
        drive => Path.TrimEndingDirectorySeparator(drive.RootDirectory.FullName) == _dataFolder);

    [DllImport("libc", EntryPoint = "link", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
