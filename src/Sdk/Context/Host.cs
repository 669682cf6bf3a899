using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>The SDK's view of its process and user. Replaced in tests.</summary>
internal class Host
{
    public Clock Clock = Clock.System;

    /// <summary>Where messages for the user are written. Standard output belongs to the tool.</summary>
    public virtual TextWriter Error => Console.Error;

    /// <summary>Whether a person can be asked: input and output are a terminal, and it belongs to this process now.</summary>
    public virtual bool IsInteractive =>
        Environment.UserInteractive && !Console.IsInputRedirected && !Console.IsErrorRedirected && !Console.IsOutputRedirected
        && Terminal.IsForeground;

    /// <summary>Reads a line that a person types. Returns null if none comes in time.</summary>
    public virtual string? ReadLine(TimeSpan timeout) => Terminal.ReadLine(timeout);

    public virtual bool IsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether the process runs in a container, which may be short-lived. Read only for a new installation.</summary>
    public virtual bool IsContainer =>
        Variable("DOTNET_RUNNING_IN_CONTAINER") is not null || Variable("KUBERNETES_SERVICE_HOST") is not null
        || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv");

    /// <summary>The tool's name, followed by its arguments.</summary>
    public virtual string[] CommandLine => Environment.GetCommandLineArgs();

    /// <summary>The folder in which the tool was started, relative if it cannot be known; null if it was deleted.</summary>
    public virtual string? WorkingFolder
    {
        get
        {
            try
            {
                return Environment.CurrentDirectory;
            }
            catch (IOException)
            {
                return null;
            }
            catch (UnauthorizedAccessException)
            {
                return ".";
            }
        }
    }

    /// <summary>The file with which an administrator disables telemetry for a machine.</summary>
    public virtual string MachineFile => IsWindows
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "telemetry-kit", "config")
        : "/etc/telemetry-kit/config";

    private static bool IsWindows => Path.DirectorySeparatorChar == '\\';

    /// <summary>Returns whether a file exists that marks an environment.</summary>
    public virtual bool FileExists(string path) => File.Exists(path);

    public virtual string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>The user's home directory; null if there is none, as in some containers.</summary>
    public virtual string? Home =>
        HomeAt(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>Returns null if there is no home at a path. One that cannot be searched may contain a no.</summary>
    internal static string? HomeAt(string path) => path.Length > 1 && SmallFile.MayBeFolder(path) ? path : null;
}
