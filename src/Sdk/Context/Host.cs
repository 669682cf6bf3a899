using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>What the SDK sees of the process and the user it runs for; replaced in tests.</summary>
internal class Host
{
    public Clock Clock = Clock.System;

    /// <summary>Where everything a user is to read goes; standard output belongs to the tool.</summary>
    public virtual TextWriter Error => Console.Error;

    public virtual TextReader Input => Console.In;

    /// <summary>A person can be asked: there is a terminal to read from and to write to.</summary>
    public virtual bool IsInteractive =>
        Environment.UserInteractive && !Console.IsInputRedirected && !Console.IsErrorRedirected && !Console.IsOutputRedirected;

    public virtual bool IsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether the machine may be gone tomorrow; asked once, when an installation is new.</summary>
    public virtual bool IsContainer =>
        Variable("DOTNET_RUNNING_IN_CONTAINER") is not null || Variable("KUBERNETES_SERVICE_HOST") is not null
        || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv");

    /// <summary>The tool's own name, then what the user wrote after it.</summary>
    public virtual string[] CommandLine => Environment.GetCommandLineArgs();

    public virtual string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>The user's home directory; null where there is none, as in some containers.</summary>
    public virtual string? Home
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return home.Length > 1 && Directory.Exists(home) ? home : null;
        }
    }
}
