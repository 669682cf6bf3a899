using System.Runtime.InteropServices;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Platform;
using TelemetryKit.Privacy;

namespace TelemetryKit.Context;

/// <summary>
/// Detects the environment of the tool, in terms that apply to thousands of machines: no machine id and no user, host or directory name.
/// </summary>
internal static class ContextDetector
{
    public const string Sdk = SdkName.Value;

    private static readonly string[] Shells =
        ["bash", "zsh", "fish", "sh", "dash", "ksh", "tcsh", "nu", "pwsh", "powershell", "elvish", "xonsh"];

    /// <summary>Returns the head of the batches of this run, a JSON object. See <see cref="EventBlock.Head"/>.</summary>
    /// <param name="options">The options.</param>
    /// <param name="host">The host.</param>
    /// <param name="ephemeral">Whether the installation may be gone soon.</param>
    /// <param name="folder">The folder of the service's files; null if nothing can be stored.</param>
    public static byte[] Head(OptionValues options, Host host, bool ephemeral, string? folder = null)
    {
        var json = new Utf8Buffer();
        json.Ascii("{\"service_name\":");
        json.String(options.SentName);
        if (ServiceVersion.Of(options, folder) is { } version)
        {
            json.Ascii(",\"service_version\":");
            json.String(Scrubber.ScrubVersion(version), Limits.NameLength);
        }

        json.Ascii(",\"sdk\":\"");
        json.Ascii(Sdk);
        json.Ascii("\",\"context\":{");
        Context(json, options, host, ephemeral);
        json.Ascii("}}");
        return json.ToArray();
    }

    private static void Context(Utf8Buffer json, OptionValues options, Host host, bool ephemeral)
    {
        var names = new MemberNames(Limits.ContextValues);
        void Text(string name, string value)
        {
            if (names.TryWrite(json, name))
                json.String(value, Limits.NameLength);
        }

        void Flag(string name, bool value)
        {
            if (names.TryWrite(json, name))
                json.Boolean(value);
        }

        var build = KnownActors.BuildService(host);
        var agent = KnownActors.Agent(host);
        Text("os", Os());
        Text("os_version", OsVersion());
        Text("arch", Architecture());
        Text("runtime", Runtime());
        Flag("ci", build is not null);
        if (build is not null)
            Text("ci_name", build);
        Text("actor", agent is not null ? "agent" : build is not null ? "ci" : "human");
        if (agent is not null)
            Text("agent", agent);
        if (Shell(host) is { } shell)
            Text("shell", shell);
        Flag("terminal", host.IsTerminal);
        if (ephemeral)
            Flag("ephemeral", true);
        // The author's values come last, so that they cannot replace detected ones.
        if (options.Context is not null)
        {
            foreach (var extra in options.Context)
                Text(extra.Key, Scrubber.ScrubValue(extra.Key, extra.Value ?? ""));
        }
    }

    private static string Os() =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? "linux"
        : RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "macos"
        : "other";

    /// <summary>Returns major and minor version, of the kernel on Linux and of the system elsewhere.</summary>
    private static string OsVersion()
    {
        // Environment.OSVersion has the same value on Linux, but its first use takes two milliseconds.
        if (PrivateFiles.TryReadKernelFile("/proc/sys/kernel/osrelease") is not { Length: > 0 } release)
            return Environment.OSVersion.Version.ToString(2);
        var end = 0;
        for (var dots = 0; end < release.Length; end++)
        {
            if (release[end] == '.' ? ++dots == 2 : release[end] is < (byte)'0' or > (byte)'9')
                break;
        }

        return Utf8Buffer.AsciiText(release, 0, end);
    }

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x64",
        System.Runtime.InteropServices.Architecture.X86 => "x86",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.Arm => "arm",
        _ => "other",
    };

    private static string Runtime() =>
        (RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal) ? "netfx " : "dotnet ") +
        Environment.Version.ToString(2);

    private static string? Shell(Host host)
    {
        var path = host.Variable("SHELL");
        if (string.IsNullOrEmpty(path))
            return !string.IsNullOrEmpty(host.Variable("PSModulePath")) ? "powershell" : host.Variable("ComSpec") is null ? null : "cmd";
        var name = path!.Substring(path.LastIndexOf('/') + 1);
        // Only known names are recorded, because a shell can have any name.
        return Array.IndexOf(Shells, name) >= 0 ? name : "other";
    }
}
