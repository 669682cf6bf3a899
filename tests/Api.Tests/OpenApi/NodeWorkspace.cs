using System.Diagnostics;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>The npm workspace <c>tests/OpenApi</c>: tools for OpenAPI documents, and a client that they compile.</summary>
internal static class NodeWorkspace
{
    private static readonly string Folder = Path.Combine(BuildOutput.Root, "tests", "OpenApi");

    /// <summary>The reason why the workspace can't be used on this machine, or <c>null</c> if it can.</summary>
    public static string? MissingReason { get; } = IsOnPath("node") && IsOnPath("npm") ? null : "Node.js and npm are not installed.";

    /// <summary>Installs the packages if they are missing or older than the lock file, and writes the document for the tools.</summary>
    public static async Task PrepareAsync(string document)
    {
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            var install = await RunAsync(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            Assert.True(install.ExitCode == 0, install.ToString());
        }

        Directory.CreateDirectory(Path.Combine(Folder, "obj"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "obj", "openapi.json"), document);
    }

    /// <summary>Runs a tool with Node.js until it exits.</summary>
    /// <param name="script">The tool's script, below <c>node_modules</c>.</param>
    /// <param name="arguments">The tool's arguments.</param>
    public static Task<ToolResult> RunToolAsync(string script, params string[] arguments) =>
        RunAsync("node", [Path.Combine("node_modules", script), .. arguments]);

    private static async Task<ToolResult> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // The tools send no usage data, look for no newer version of themselves, and write no colours.
        start.Environment["REDOCLY_TELEMETRY"] = "off";
        start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true";
        start.Environment["NPM_CONFIG_UPDATE_NOTIFIER"] = "false";
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    /// <summary>The exit code and the output of a tool.</summary>
    internal sealed record ToolResult(int ExitCode, string Output, string Error);
}
