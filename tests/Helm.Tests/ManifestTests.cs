using System.Text.Json.Nodes;
using TelemetryKit.Helm.Tests.Tools;

namespace TelemetryKit.Helm.Tests;

/// <summary>Each value set is linted, has the committed manifests, and all manifests have the form that Kubernetes requires.</summary>
public class ManifestTests(RenderedChart chart)
{
    private const string RewriteVariable = "TELEMETRYKIT_TEST_REWRITE_SNAPSHOTS";

    private static readonly string Snapshots = Path.Combine(ChartTools.Project, "Snapshots");

    public static TheoryData<string> ValueSets() => new(RenderedChart.ValueSets);

    [Theory, MemberData(nameof(ValueSets))]
    public async Task Manifests_are_those_of_the_snapshot(string valueSet)
    {
        var (rendered, file) = (chart.Text(valueSet), Path.Combine(Snapshots, valueSet + ".yaml"));
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "true")
            await File.WriteAllTextAsync(file, rendered);
        var snapshot = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        var difference = rendered.Split('\n').Zip(snapshot.Split('\n')).FirstOrDefault(lines => lines.First != lines.Second);
        Assert.True(
            rendered == snapshot,
            $"The manifests of {valueSet} have changed, first:\n{difference.Second}\nto\n{difference.First}\n"
            + $"If this is intended, run the test with {RewriteVariable}=true, and review the difference of the files.");
    }

    [Fact]
    public void Each_snapshot_has_a_value_set() => Assert.Equal(
        RenderedChart.ValueSets, Directory.EnumerateFiles(Snapshots).Select(f => Path.GetFileNameWithoutExtension(f)!).Order());

    [Fact]
    public async Task The_linter_reports_nothing()
    {
        var tools = await ChartTools.GetAsync();
        foreach (var valueSet in RenderedChart.ValueSets)
        {
            var lint = await tools.HelmAsync("lint", ChartTools.Chart, "--strict", "--quiet", "-f", RenderedChart.FileOf(valueSet));
            Assert.True(lint is { ExitCode: 0, Output: "" }, $"{valueSet}: {lint}");
        }
    }

    [Fact]
    public void Manifests_have_the_form_of_Kubernetes() => Assert.Empty(chart.Problems);

    [Fact]
    public async Task The_check_reports_wrong_manifests()
    {
        (string Right, string Wrong, string Problem)[] faults =
        [
            ("replicas: 2", "replicas: two", "replicas must be integer"),
            ("imagePullPolicy:", "imagePolicy:", "\"imagePolicy\"' does not exist"),
            ("kind: Deployment", "kind: Deploiment", "has no kind Deploiment"),
            ("periodSeconds: 10", "periodSeconds: [10]", "periodSeconds"),
            ("instance: usage", "instance: 5", "instance"),
        ];
        var folder = Directory.CreateTempSubdirectory("telemetrykit-helm-");
        try
        {
            var manifests = folder.CreateSubdirectory("manifests").FullName;
            var text = chart.Text("external");
            foreach (var (fault, number) in faults.Select((fault, number) => (fault, number)))
            {
                Assert.Contains(fault.Right, text, StringComparison.Ordinal);
                await File.WriteAllTextAsync(
                    Path.Combine(manifests, $"{number}.yaml"), text.Replace(fault.Right, fault.Wrong, StringComparison.Ordinal));
            }

            var problems = JsonNode.Parse(await ChartTools.CheckAsync(manifests))!["problems"]!.AsArray().Select(p => (string)p!).ToList();
            Assert.All(faults.Select((fault, number) => (fault, number)), one => Assert.Contains(
                problems,
                problem => problem.StartsWith($"{one.number}.yaml", StringComparison.Ordinal)
                    && problem.Contains(one.fault.Problem, StringComparison.Ordinal)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
