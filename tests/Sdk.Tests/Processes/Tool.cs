using System.Diagnostics;
using TelemetryKit.Context;
using TelemetryKit.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Runs the sample tool as a process with a temporary home directory.</summary>
internal sealed class Tool : IDisposable
{
    public Tool(params (string Name, string Value)[] variables)
    {
        foreach (var (name, value) in variables)
            Variables[name] = value;
    }

    public string Home { get; } = Directory.CreateTempSubdirectory("tk-home-").FullName;

    public Dictionary<string, string> Variables { get; } = [];

    public string Folder => Path.Combine(Home, ".telemetry-kit", ServicePaths.FileName("hello"));

    public static string Program { get; } = Built(Path.Combine("samples", "HelloCli"), "hello");

    /// <summary>A tool that ends in every possible way.</summary>
    public static string EndingProgram { get; } = Built(Path.Combine("tests", "Sdk.Tool"), "TelemetryKit.Sdk.Tool");

    public Process Start(params string[] arguments) => Start(Program, arguments);

    public Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(AffectsTelemetry).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Home;
        start.Environment["USERPROFILE"] = Home;
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public Task<Ended> Run(params string[] arguments) => RunProgram(Program, arguments);

    public async Task<Ended> RunProgram(string program, string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error, watch.Elapsed);
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);

    private static string Built(string project, string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(BuildOutput.Root, project, "bin", own.Parent!.Name, own.Name, name);
    }

    // Variables of the machine that runs the tests must not affect them.
    private static bool AffectsTelemetry(string name) =>
        name.StartsWith("TELEMETRYKIT_", StringComparison.Ordinal)
        || name is "DO_NOT_TRACK" or "ENVIRONMENT" or "HELLO_TELEMETRY"
        || name.StartsWith("XDG_", StringComparison.Ordinal)
        || name == KnownActors.NamedBy
        || KnownActors.BuildServices.Concat(KnownActors.Agents).Any(marker => marker.TrimStart('?').Split('=', '~', '&').Contains(name));

    internal sealed record Ended(int ExitCode, string Output, string Error, TimeSpan Elapsed);
}
