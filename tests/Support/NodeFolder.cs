using System.Diagnostics;

namespace TelemetryKit.Support;

/// <summary>A folder with a <c>package.json</c> and its lock file, whose packages a suite uses.</summary>
/// <param name="path">Its path.</param>
/// <param name="installArguments">Arguments of <c>npm ci</c> in addition to those that all folders need.</param>
public sealed class NodeFolder(string path, params string[] installArguments)
{
    /// <summary>The reason why packages can't be used on this machine, or <c>null</c> if they can.</summary>
    public static string? MissingReason { get; } = IsOnPath("node") && IsOnPath("npm") ? null : "Node.js and npm are not installed.";

    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>Installs the packages if they are missing or older than the lock file.</summary>
    /// <exception cref="InvalidOperationException">The installation failed. The message contains its output.</exception>
    public async Task InstallAsync()
    {
        var installed = new FileInfo(System.IO.Path.Combine(path, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(System.IO.Path.Combine(path, "package-lock.json")))
            return;
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var install = await RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", .. installArguments]);
        if (install.ExitCode != 0)
            throw new InvalidOperationException(install.ToString());
    }

    /// <summary>Runs a program in the folder until it exits.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set in addition, or <c>null</c>.</param>
    public Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = path };
        // The tools look for no newer version of themselves, and write no colours.
        start.Environment["NPM_CONFIG_UPDATE_NOTIFIER"] = "false";
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return ToolResult.OfAsync(start);
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, program))
        .Any(file => File.Exists(file) || File.Exists(file + ".exe"));
}
