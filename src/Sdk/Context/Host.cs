using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>The SDK's view of its process and user. Replaced in tests.</summary>
internal class Host
{
    public Clock Clock = Clock.System;

    /// <summary>Where messages for the user are written. Standard output belongs to the tool.</summary>
    public virtual TextWriter Error => Console.Error;

    public virtual TextReader Input => Console.In;

    /// <summary>Whether a person can be asked: input and output are a terminal.</summary>
    public virtual bool IsInteractive =>
        Environment.UserInteractive && !Console.IsInputRedirected && !Console.IsErrorRedirected && !Console.IsOutputRedirected;

    public virtual bool IsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether the process runs in a container, which may be short-lived. Read only for a new installation.</summary>
    public virtual bool IsContainer =>
        Variable("DOTNET_RUNNING_IN_CONTAINER") is not null || Variable("KUBERNETES_SERVICE_HOST") is not null
        || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv");

    /// <summary>The tool's name, followed by its arguments.</summary>
    public virtual string[] CommandLine => Environment.GetCommandLineArgs();

    public virtual string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>The user's home directory; null if there is none, as in some containers.</summary>
    public virtual string? Home
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return home.Length > 1 && Directory.Exists(home) ? home : null;
        }
    }
}
