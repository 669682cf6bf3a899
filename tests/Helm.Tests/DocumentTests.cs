using System.Diagnostics;
using System.Text.RegularExpressions;
using TelemetryKit.Helm.Tests.Tools;
using TelemetryKit.Support;

namespace TelemetryKit.Helm.Tests;

/// <summary>
/// The commands of the chart's documents are run literally. There is no cluster: <c>helm upgrade</c> and <c>kubectl create</c> run with
/// <c>--dry-run=client</c>; all other commands of kubectl must get as far as the connection, which fails, so their arguments are right.
/// </summary>
public sealed partial class DocumentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-helm-").FullName;

    [Theory]
    [InlineData("README.md", 18)]
    [InlineData("UPGRADE.md", 5)]
    public async Task The_commands_work(string document, int least)
    {
        var tools = await ChartTools.GetAsync();
        await PrepareAsync(tools);
        var commands = CommandsOf(await File.ReadAllTextAsync(Path.Combine(ChartTools.Chart, document))).ToList();
        Assert.True(commands.Count >= least, $"{document} has {commands.Count} commands.");
        foreach (var command in commands)
        {
            var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", command]) { WorkingDirectory = _folder };
            foreach (var (name, value) in tools.Environment)
                start.Environment[name] = value;
            start.Environment["PATH"] = $"{Path.Combine(_folder, "bin")}:{start.Environment["PATH"]}";
            var result = await ToolResult.OfAsync(start);
            var isAsExpected = command switch
            {
                _ when command.StartsWith("helm uninstall", StringComparison.Ordinal) => result.Error.Contains("release: not found"),
                _ when command.StartsWith("helm", StringComparison.Ordinal) => result.ExitCode == 0 && result.Output.Contains("kind: "),
                _ when command.Contains(" create ", StringComparison.Ordinal) => result.ExitCode == 0 && result.Output.Contains("created"),
                _ => result.ExitCode == 1 && result.Error.Contains("The connection to the server 127.0.0.1:1 was refused"),
            };
            Assert.True(isAsExpected, $"{command}\n{result}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The folder of the repository, with the file of values that the README describes, and programs that add --dry-run.
    private async Task PrepareAsync(ChartTools tools)
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "deploy"), Path.Combine(BuildOutput.Root, "deploy"));
        var readme = await File.ReadAllTextAsync(Path.Combine(ChartTools.Chart, "README.md"));
        var values = Assert.Single(BlocksOf(readme, "yaml"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "telemetrykit.yaml"), values);
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        await WriteProgramAsync(Path.Combine(bin, "helm"), tools.Helm, "upgrade");
        await WriteProgramAsync(Path.Combine(bin, "kubectl"), tools.Kubectl, "create");
    }

    private static async Task WriteProgramAsync(string file, string program, string dryCommand)
    {
        await File.WriteAllTextAsync(
            file,
            $"""
            #!/bin/bash
            [[ " $* " == *" {dryCommand} "* ]] && set -- "$@" --dry-run=client
            exec {program} "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    private static IEnumerable<string> CommandsOf(string document) => BlocksOf(document, "bash")
        .SelectMany(block => block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    // Blocks in lists are indented.
    private static IEnumerable<string> BlocksOf(string document, string language) =>
        Blocks().Matches(document).Where(block => block.Groups["language"].Value == language).Select(block => string.Join(
            '\n', block.Groups["text"].Value.Split('\n').Select(line => line[Math.Min(line.Length, block.Groups["indent"].Length)..])));

    [GeneratedRegex(@"^(?<indent> *)```(?<language>\w+)\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
