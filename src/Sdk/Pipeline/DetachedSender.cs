using System.Diagnostics;
#if NET
using System.Runtime.InteropServices;
#endif
using TelemetryKit.Context;
using TelemetryKit.Options;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// A process that sends what a tool has stored, so that the tool's exit waits for nothing. It is the tool's own program with an argument
/// that <see cref="TelemetryKitClient.RunSender"/> recognizes. Only tools that call that method reference this class; others don't
/// contain the code to start processes.
/// </summary>
internal static class DetachedSender
{
    /// <summary>The first argument of a sender. The values follow that its options need.</summary>
    public const string Argument = "--telemetrykit-send";

    /// <summary>The end of a sender, whatever the network does.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMinutes(10);

    /// <summary>Starts a sender, unless one was started in the last ten minutes.</summary>
    /// <param name="folder">The folder of the tool's installation.</param>
    /// <param name="options">The tool's options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Receives the reason if it cannot be started.</param>
    public static void Start(string folder, OptionValues options, Clock clock, VerboseLog log)
    {
        try
        {
            var started = Path.Combine(folder, "sender-started");
            if (!IsOlder(started, clock))
                return;
            if (!File.Exists(started))
                PrivateFiles.OpenExclusive(started, FileMode.OpenOrCreate).Dispose();
            File.SetLastWriteTimeUtc(started, clock.UtcNow.UtcDateTime);
            var directory = options.Directory is { } path ? Path.GetFullPath(path) : "";
            using var process = Process.Start(
                StartInfo([Argument, options.ServiceName, options.Key ?? "", options.Endpoint ?? "", directory]));
        }
#pragma warning disable CA1031 // The program may have been replaced, and processes may be forbidden. A later run sends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the sender cannot be started: " + e.GetType().Name);
        }
    }

    /// <summary>Sends what is stored, if these are the arguments of a sender. Returns false for other arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="begin">Returns null if nothing may be sent; otherwise a function that returns whether that has changed.</param>
    public static bool TryRun(string[] args, Func<OptionValues, Host, Func<bool>?> begin)
    {
        if (args.Length != 5 || args[0] != Argument)
            return false;
        var options = new OptionValues { ServiceName = args[1], Key = args[2], Timeout = Lifetime };
        options.Endpoint = args[3].Length == 0 ? null : args[3];
        options.Directory = args[4].Length == 0 ? null : args[4];
        LeaveTerminal();
        // On a thread that does not keep the process alive, because disks can hang, too.
        var sending = new Thread(() => Send(options, begin)) { IsBackground = true, Name = "TelemetryKit" };
        sending.Start();
        sending.Join(Lifetime);
        return true;
    }

    private static void Send(OptionValues options, Func<OptionValues, Host, Func<bool>?> begin)
    {
        var host = new Host();
        var log = new VerboseLog(host, verbose: false);
        try
        {
            if (begin(options, host) is not { } isWithdrawn || ServicePaths.Root(options, host) is not { } root)
                return;
            var folder = ServicePaths.Service(root, options.ServiceName);
            if (!Directory.Exists(folder))
                return;
            // One at a time: the lock ends with the process.
            using var only = PrivateFiles.OpenExclusive(Path.Combine(folder, "sender"), FileMode.OpenOrCreate);
            var builder = new LaneBuilder(
                options, host, Switches.Read(host, options.ServiceName), log, new(), () => { }, isWithdrawn, () => { });
            builder.Build();
            foreach (var lane in builder.Lanes)
                lane.Send(everything: true).Wait(Lifetime);
        }
#pragma warning disable CA1031 // Nobody sees an exception of this process, and the next one tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the sender ends because of an error: " + e.GetType().Name);
        }
    }

    private static bool IsOlder(string started, Clock clock)
    {
        var file = new FileInfo(started);
        if (!file.Exists)
            return true;
        var age = clock.UtcNow.UtcDateTime - file.LastWriteTimeUtc;
        return age > BetweenStarts || age < -BetweenStarts;
    }

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        // "dotnet tool.dll" starts the framework's program with the path of the tool.
        var program = Program();
        var name = Path.GetFileNameWithoutExtension(program);
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            // Pipes that nobody uses, instead of the tool's streams: whoever reads the tool's output must not wait for the sender.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetPathRoot(program),
        };
        var quoted = new List<string>(arguments);
        if (string.Equals(name, "dotnet", StringComparison.OrdinalIgnoreCase))
            quoted.Insert(0, Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
#if NET
        foreach (var argument in quoted)
            start.ArgumentList.Add(argument);
#else
        start.Arguments = string.Join(" ", quoted.ConvertAll(argument => "\"" + argument.Replace("\"", "") + "\""));
#endif
        return start;
    }

#if NET
    private static string Program() => Environment.ProcessPath ?? "";

    /// <summary>Leaves the session of the terminal, whose end and whose Ctrl+C would otherwise end this process.</summary>
    private static void LeaveTerminal()
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            _ = CreateSession();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // It remains in the session and may end earlier.
        }
    }

    [DllImport("libc", EntryPoint = "setsid")]
    private static extern int CreateSession();
#else
    private static string Program()
    {
        using var own = Process.GetCurrentProcess();
        return own.MainModule!.FileName;
    }

    private static void LeaveTerminal()
    {
    }
#endif
}
