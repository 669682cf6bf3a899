using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>The npm workspace <c>tests/OpenApi</c>: tools for OpenAPI documents, and a client that they compile.</summary>
internal static class NodeWorkspace
{
    private static readonly NodeFolder Folder = new(Path.Combine(BuildOutput.Root, "tests", "OpenApi"));

    // The tools send no usage data, and look for no newer version of themselves.
    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
    };

    /// <summary>The reason why the workspace can't be used on this machine, or <c>null</c> if it can.</summary>
    public static string? MissingReason => NodeFolder.MissingReason;

    /// <summary>Installs the packages if they are missing or older than the lock file, and writes the document for the tools.</summary>
    public static async Task PrepareAsync(string document)
    {
        await Folder.InstallAsync();
        Directory.CreateDirectory(Path.Combine(Folder.Path, "obj"));
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "obj", "openapi.json"), document);
    }

    /// <summary>Runs a tool with Node.js until it exits.</summary>
    /// <param name="script">The tool's script, below <c>node_modules</c>.</param>
    /// <param name="arguments">The tool's arguments.</param>
    public static Task<ToolResult> RunToolAsync(string script, params string[] arguments) =>
        Folder.RunAsync("node", [Path.Combine("node_modules", script), .. arguments], Environment);
}
