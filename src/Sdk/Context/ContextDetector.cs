using System.Reflection;
using System.Runtime.InteropServices;
using TelemetryKit.Json;
using TelemetryKit.Privacy;

namespace TelemetryKit.Context;

/// <summary>
/// Finds out where the tool runs, in words that fit thousands of machines: no machine id, no user, host or folder name.
/// </summary>
internal static class ContextDetector
{
    public const string Sdk = "dotnet/1.0.0";

    private static readonly string[] Shells =
        ["bash", "zsh", "fish", "sh", "dash", "ksh", "tcsh", "nu", "pwsh", "powershell", "elvish", "xonsh"];

    /// <summary>The head of the batches of this run: a JSON object, see <see cref="EventBlock.Head"/>.</summary>
    public static byte[] Head(TelemetryOptions options, Host host, bool ephemeral)
    {
        var json = new Utf8Buffer();
        json.Ascii("{\"service_name\":");
        json.String(options.ServiceName, Limits.NameLength);
        var version = options.ServiceVersion ?? EntryVersion();
        if (version is not null)
        {
            json.Ascii(",\"service_version\":");
            json.String(Scrubber.ScrubVersion(version), Limits.NameLength);
        }
        json.Ascii(",\"sdk\":\"");
        json.Ascii(Sdk);
        json.Ascii("\",\"context\":{\"os\":");
        json.String(Os());
        var build = KnownActors.BuildService(host);
        var agent = KnownActors.Agent(host);
        Member(json, "os_version", Environment.OSVersion.Version.ToString(2));
        Member(json, "arch", Architecture());
        Member(json, "runtime", Runtime());
        Member(json, "ci", build is not null);
        if (build is not null) Member(json, "ci_name", build);
        Member(json, "actor", agent is not null ? "agent" : build is not null ? "ci" : "human");
        if (agent is not null) Member(json, "agent", agent);
        if (Shell(host) is { } shell) Member(json, "shell", shell);
        Member(json, "terminal", host.IsTerminal);
        if (ephemeral) Member(json, "ephemeral", true);
        foreach (var extra in options.Context) Member(json, extra.Key, Scrubber.Scrub(extra.Value ?? ""));
        json.Ascii("}}");
        return json.ToArray();
    }

    private static string Os() =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? "linux"
        : RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "macos"
        : "other";

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
        // A shell at an unusual path could be named after anything: only known names are told.
        return Array.IndexOf(Shells, name) >= 0 ? name : "other";
    }

    private static string? EntryVersion() => Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);

    private static void Member(Utf8Buffer json, string name, string value)
    {
        Name(json, name);
        json.String(value, Limits.NameLength);
    }

    private static void Member(Utf8Buffer json, string name, bool value)
    {
        Name(json, name);
        json.Boolean(value);
    }

    private static void Name(Utf8Buffer json, string name)
    {
        json.Byte((byte)',');
        json.String(name, Limits.KeyLength);
        json.Byte((byte)':');
    }
}
