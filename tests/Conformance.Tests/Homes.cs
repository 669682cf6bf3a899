using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using TelemetryKit.Support;

namespace TelemetryKit.Conformance.Tests;

/// <summary>Homes in which the user has allowed a tool to record. They are made once for each tool, and copied for each case.</summary>
public sealed class Homes : IDisposable
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(string Service, string Mode), Lazy<Task<GrantedHome>>> _granted = [];

    /// <summary>Returns the home of a tool.</summary>
    internal Task<GrantedHome> GrantedAsync(string service, string mode) =>
        _granted.GetOrAdd((service, mode), new Lazy<Task<GrantedHome>>(() => MakeAsync(service, mode))).Value;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var home in _granted.Values)
            Directory.Delete(home.Value.GetAwaiter().GetResult().Path, recursive: true);
    }

    private static async Task<GrantedHome> MakeAsync(string service, string mode)
    {
        var home = Directory.CreateTempSubdirectory("tk-conformance-").FullName;
        var paths = (await RunAsync(home, "--paths", service)).Split('\n', StringSplitOptions.TrimEntries);
        var script = Path.Combine(home, "script.json");
        // Nothing is sent, so there is no server.
        await File.WriteAllTextAsync(script, new JsonObject
        {
            ["service"] = service, ["key"] = CaseRunner.Key, ["endpoint"] = "http://127.0.0.1:9", ["consent"] = mode,
        }.ToJsonString());
        await RunAsync(home, script, "telemetry", "on");
        File.Delete(script);
        return new(home, Path.GetRelativePath(home, paths[0]), Path.GetRelativePath(home, paths[1]));
    }

    private static async Task<string> RunAsync(string home, params string[] arguments)
    {
        using var tool = new DriverProcess(home, home, arguments, new Dictionary<string, string?>());
        var ended = await tool.EndAsync(RunTime, signal: null);
        return ended.ExitCode == 0 ? ended.Output : throw new InvalidOperationException(ended.Output + ended.Error);
    }
}

/// <summary>A home, and where the tool's decision and its folder are in it.</summary>
internal sealed record GrantedHome(string Path, string Consent, string Folder)
{
    public void CopyTo(string home) => Copy(new(Path), home);

    private static void Copy(DirectoryInfo from, string to)
    {
        foreach (var folder in from.GetDirectories())
        {
            var copy = System.IO.Path.Combine(to, folder.Name);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(copy);
            else
                Directory.CreateDirectory(copy, folder.UnixFileMode);
            Copy(folder, copy);
        }

        // The permissions are copied, too.
        foreach (var file in from.GetFiles())
            file.CopyTo(System.IO.Path.Combine(to, file.Name), overwrite: true);
    }
}
