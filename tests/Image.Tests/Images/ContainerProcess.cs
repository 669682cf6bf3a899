using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Image.Tests.Images;

/// <summary>The process of an image: its ENTRYPOINT with its ENV, as the user 1654 with a read-only root.</summary>
internal sealed partial class ContainerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Instruction[] _image;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private ContainerProcess(Process process, Instruction[] image, IReadOnlyDictionary<string, string> environment)
    {
        (_process, _image, _environment) = (process, image, environment);
        _output = ReadAsync(process);
    }

    /// <summary>Starts the image of a stage.</summary>
    /// <param name="build">The build.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="environment">Variables in addition to those of the image.</param>
    public static async Task<ContainerProcess> StartAsync(
        ImageBuild build, string stage, IReadOnlyDictionary<string, string> environment)
    {
        var root = await build.BuildAsync(stage);
        List<Instruction> image = [];
        for (var name = stage; build.Stages.TryGetValue(name, out var part); name = part.Base)
            image.InsertRange(0, part.Instructions);
        var start = Redirected(
            "unshare",
            [
                "-m", ImageBuild.RunInStage, "run", root, "/app", .. Environment(image, environment),
                .. Exec(image.Last(i => i.Name == "ENTRYPOINT").Arguments),
            ]);
        return new(Process.Start(start)!, [.. image], environment);
    }

    /// <summary>Runs the command of HEALTHCHECK in the container.</summary>
    public Task<ToolResult> CheckHealthAsync()
    {
        var check = _image.Last(i => i.Name == "HEALTHCHECK").Arguments;
        return ExecuteAsync(Exec(check[check.IndexOf('[', StringComparison.Ordinal)..]));
    }

    /// <summary>Runs a command in the container, as its user.</summary>
    public Task<ToolResult> ExecuteAsync(params string[] command) => ToolResult.OfAsync(Redirected(
        "nsenter",
        [
            "-t", _process.Id.ToString(CultureInfo.InvariantCulture), "-m", "--root", "--wd",
            "setpriv", "--reuid=1654", "--regid=1654", "--clear-groups", "--no-new-privs", "--bounding-set=-all",
            .. Environment(_image, _environment), .. command,
        ]));

    /// <summary>Sends SIGTERM, and returns the exit code and the output.</summary>
    public async Task<(int ExitCode, string Output)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (_process.ExitCode, await _output);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> ReadAsync(Process process)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        return await output + await errors;
    }

    private static string[] Exec(string form) => JsonSerializer.Deserialize<string[]>(form)!;

    // Only the image's variables, and PATH, which the base image sets.
    private static IEnumerable<string> Environment(IEnumerable<Instruction> image, IReadOnlyDictionary<string, string> more) =>
    [
        "env", "-i", "PATH=" + System.Environment.GetEnvironmentVariable("PATH"),
        .. image.Where(i => i.Name == "ENV").SelectMany(i => Variables().Matches(i.Arguments)).Select(variable => variable.Value),
        .. more.Select(variable => $"{variable.Key}={variable.Value}"),
    ];

    private static ProcessStartInfo Redirected(string program, IEnumerable<string> arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    [GeneratedRegex(@"\S+=\S+")]
    private static partial Regex Variables();
}
