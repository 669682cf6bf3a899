using System.Diagnostics;
using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>
/// The sample tool on the machine of a user who said yes: <c>samples/HelloCli</c> as a process with a home of its own, which sends to a
/// server.
/// </summary>
public sealed partial class HelloTool : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("telemetrykit-hello-").FullName;
    private readonly Uri _server;
    private readonly string _key;

    private HelloTool(Uri server, string key) => (_server, _key) = (server, key);

    [GeneratedRegex("\"user_id\":\"(?<id>[0-9a-f]+)\"")]
    private static partial Regex UserId { get; }

    private static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(BuildOutput.Root, "samples", "HelloCli", "bin", own.Parent!.Name, own.Name, "hello");
        }
    }

    /// <summary>Installs the tool and allows it to record.</summary>
    public static async Task<HelloTool> InstallAsync(Site site, string key)
    {
        var tool = new HelloTool(site.Server.Address, key);
        await tool.RunAsync(0, "telemetry", "on");
        return tool;
    }

    /// <summary>Runs a command, and returns what it writes.</summary>
    public async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        var ended = await RunAsync(arguments, backend: null);
        Assert.True(ended.ExitCode == exitCode, $"{string.Join(' ', arguments)} ended with {ended.ExitCode}: {ended.Error}");
        return ended.Output;
    }

    /// <summary>
    /// Sends what was recorded. On a slow machine the exit of a command may have given up sending, and then nothing is sent for a second or
    /// two.
    /// </summary>
    public async Task FlushAsync()
    {
        for (var waited = Stopwatch.StartNew(); (await RunAsync(["flush"], backend: null)).ExitCode != 0;)
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "The events weren't sent within three minutes.");
    }

    /// <summary>The id of the install, as the tool shows it to its user instead of sending it.</summary>
    public async Task<string> IdAsync()
    {
        var ended = await RunAsync(["greet"], backend: "console");
        return UserId.Match(ended.Error).Groups["id"].Value;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_home, recursive: true);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, string? backend)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _home,
        };
        // A home and nothing else of the machine that runs the tests: it may be a build service, or forbid telemetry.
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name != "PATH" && !name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal))
                start.Environment.Remove(name);
        }

        start.Environment["HOME"] = _home;
        start.Environment["TELEMETRYKIT_ENDPOINT"] = _server.ToString();
        start.Environment["TELEMETRYKIT_KEY"] = _key;
        start.Environment["TELEMETRYKIT_BACKEND"] = backend;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
