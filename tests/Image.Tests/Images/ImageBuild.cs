using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TelemetryKit.Support;

namespace TelemetryKit.Image.Tests.Images;

/// <summary>
/// Builds stages of the Dockerfile without a container engine. The programs of base images (dotnet, npm, a shell) are those of this
/// machine. Each stage has a folder; its commands run with that folder's content at the paths of the Dockerfile.
/// </summary>
internal sealed class ImageBuild : IAsyncDisposable
{
    private static readonly string Scripts = Path.Combine(BuildOutput.Root, "tests", "Image.Tests");

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _built = [];
    private readonly BuildContext _context;

    private ImageBuild(BuildContext context, IReadOnlyDictionary<string, Stage> stages) => (_context, Stages) = (context, stages);

    /// <summary>The folder of this build.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("telemetrykit-image-").FullName;

    /// <summary>The stages of the Dockerfile.</summary>
    public IReadOnlyDictionary<string, Stage> Stages { get; }

    /// <summary>The path of the script that shows a stage's folder at the paths of the Dockerfile.</summary>
    public static string RunInStage { get; } = Path.Combine(Scripts, "run-in-stage");

    /// <summary>Reads the Dockerfile.</summary>
    public static async Task<ImageBuild> ReadAsync() => new(
        await BuildContext.ReadAsync(), Dockerfile.Parse(await File.ReadAllTextAsync(Path.Combine(BuildOutput.Root, "Dockerfile"))));

    /// <summary>Builds a stage and those that it needs, as BuildKit does: at the same time. Returns the folder with its files.</summary>
    public Task<string> BuildAsync(string stage) => _built.GetOrAdd(stage, name => new(() => RunAsync(Stages[name]))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_built.Values.Select(stage => stage.Value)).ContinueWith(_ => { }, TaskScheduler.Default);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> RunAsync(Stage stage)
    {
        foreach (var needed in stage.Instructions.Where(i => i.Options.ContainsKey("from")))
            _ = BuildAsync(needed.Options["from"]);
        var root = Directory.CreateDirectory(Path.Combine(Folder, stage.Name)).FullName;
        if (Stages.ContainsKey(stage.Base))
            await ToolAsync("cp", "-a", await BuildAsync(stage.Base) + "/.", root);

        var workingFolder = WorkingFolderOf(stage.Base);
        foreach (var instruction in stage.Instructions)
        {
            switch (instruction.Name)
            {
                case "WORKDIR":
                    workingFolder = instruction.Arguments;
                    Directory.CreateDirectory(root + workingFolder);
                    break;
                case "COPY":
                    await CopyAsync(instruction, root, workingFolder);
                    break;
                case "RUN":
                    await ToolAsync(
                        "unshare", "-m", "env", "TARGETARCH=" + Architecture, RunInStage, "build", root, workingFolder, "/bin/sh", "-c",
                        instruction.Arguments);
                    break;
                case "ARG" or "ENV" or "LABEL" or "USER" or "EXPOSE" or "VOLUME" or "HEALTHCHECK" or "ENTRYPOINT":
                    // They change no file.
                    break;
                default:
                    throw new NotSupportedException($"{instruction.Name} in the stage {stage.Name}");
            }
        }

        return root;
    }

    private static string Architecture =>
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private string WorkingFolderOf(string stage) => Stages.TryGetValue(stage, out var parent)
        ? parent.Instructions.LastOrDefault(i => i.Name == "WORKDIR")?.Arguments ?? WorkingFolderOf(parent.Base)
        : "/";

    private async Task CopyAsync(Instruction copy, string root, string workingFolder)
    {
        // A path that begins with / replaces the working folder.
        var destination = root + Path.Combine(workingFolder, copy.Words[^1]);
        if (copy.Options.TryGetValue("from", out var stage))
        {
            var from = await BuildAsync(stage);
            Directory.CreateDirectory(destination);
            foreach (var source in copy.Words[..^1])
                await ToolAsync("cp", "-a", from + source + "/.", destination);
        }
        else
        {
            foreach (var source in copy.Words[..^1])
                _context.Copy(source, destination);
        }

        if (copy.Options.TryGetValue("chown", out var owner))
            await ToolAsync("chown", "-R", owner, destination);
    }

    private async Task ToolAsync(string program, params string[] arguments)
    {
        var result = await new NodeFolder(Folder).RunAsync(program, arguments);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}\n{result}");
    }
}
