using System.Text.Json;

namespace TelemetryKit.Conformance.Tests;

/// <summary>The files of <c>spec/conformance</c>.</summary>
internal static class CaseFiles
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "spec");

    public static readonly string[] Paths = [.. Directory.GetFiles(Path.Combine(Folder, "cases"), "*.json").Order(StringComparer.Ordinal)];

    private static readonly Dictionary<string, List<ConformanceCase>> ByFile = Paths.ToDictionary(
        path => Path.GetFileNameWithoutExtension(path),
        path => JsonSerializer.Deserialize(File.ReadAllText(path), CaseJson.Default.ListConformanceCase)!);

    public static Dictionary<string, ConformanceCase> Cases { get; } =
        ByFile.Values.SelectMany(cases => cases).ToDictionary(one => one.Name);

    public static TheoryData<string> Names(string file) => [.. ByFile[file].Select(one => one.Name)];

    public static async Task Passes(string name, Homes homes)
    {
        var faults = await CaseRunner.RunAsync(Cases[name], homes);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
