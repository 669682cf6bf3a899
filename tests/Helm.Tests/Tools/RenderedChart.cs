using System.Text.Json.Nodes;
using TelemetryKit.Helm.Tests.Tools;

[assembly: AssemblyFixture(typeof(RenderedChart))]

namespace TelemetryKit.Helm.Tests.Tools;

/// <summary>The manifests of all value sets, rendered and checked once.</summary>
public sealed class RenderedChart : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-helm-").FullName;
    private readonly Dictionary<string, string> _texts = [];
    private JsonNode? _result;

    /// <summary>The names of the value sets.</summary>
    public static IReadOnlyList<string> ValueSets { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(ChartTools.Project, "ValueSets"))
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(),
    ];

    /// <summary>The faults of all manifests.</summary>
    public IReadOnlyList<string> Problems => [.. Result["problems"]!.AsArray().Select(problem => (string)problem!)];

    private JsonNode Result
    {
        get
        {
            Assert.SkipUnless(_result is not null, ChartTools.MissingReason ?? "");
            return _result;
        }
    }

    /// <summary>Returns the path of a value set.</summary>
    public static string FileOf(string valueSet) => Path.Combine(ChartTools.Project, "ValueSets", valueSet + ".yaml");

    /// <summary>Returns what helm prints for a value set.</summary>
    public string Text(string valueSet)
    {
        Assert.SkipUnless(_result is not null, ChartTools.MissingReason ?? "");
        return _texts[valueSet];
    }

    /// <summary>Returns the manifests of a value set.</summary>
    public IEnumerable<JsonNode> Manifests(string valueSet) =>
        Result["manifests"]![valueSet + ".yaml"]!.AsArray().Select(manifest => manifest!);

    /// <summary>Returns the manifests of a value set that have a kind.</summary>
    public IEnumerable<JsonNode> Manifests(string valueSet, string kind) => Manifests(valueSet).Where(m => (string?)m["kind"] == kind);

    /// <summary>Returns the manifest of a value set with a kind and a name.</summary>
    public JsonNode Manifest(string valueSet, string kind, string name) =>
        Manifests(valueSet, kind).Single(m => (string?)m["metadata"]!["name"] == name);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (ChartTools.MissingReason is not null)
            return;
        var tools = await ChartTools.GetAsync();
        var manifests = Directory.CreateDirectory(Path.Combine(_folder, "manifests")).FullName;
        foreach (var valueSet in ValueSets)
        {
            var rendered = await tools.HelmAsync("template", "usage", ChartTools.Chart, "--namespace", "tools", "-f", FileOf(valueSet));
            Assert.True(rendered.ExitCode == 0, $"{valueSet}: {rendered}");
            _texts.Add(valueSet, rendered.Output);
            await File.WriteAllTextAsync(Path.Combine(manifests, valueSet + ".yaml"), rendered.Output);
        }

        _result = JsonNode.Parse(await ChartTools.CheckAsync(manifests))!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
