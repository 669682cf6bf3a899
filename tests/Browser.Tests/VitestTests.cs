using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.Support;

namespace TelemetryKit.Browser.Tests;

/// <summary>
/// The tests of the dashboard's pure parts, which run in Node.js. Each is a test of this suite, so they are in its totals.
/// </summary>
public sealed class VitestTests
{
    private static readonly string Folder = Path.Combine(BuildOutput.Root, "src", "Dashboard");
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Results = new(Run);

    public static TheoryData<string> Names() => new(Results.Value.Keys);

    [Theory, MemberData(nameof(Names))]
    public void A_test_passes(string name) => Assert.Equal("passed", Results.Value[name]);

    [Fact]
    public void There_are_tests() => Assert.True(Results.Value.Count > 50);

    private static Dictionary<string, string> Run()
    {
        var start = new ProcessStartInfo("node", [Path.Combine("node_modules", "vitest", "vitest.mjs"), "run", "--reporter=json"])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!output.Contains('{', StringComparison.Ordinal))
            throw new InvalidOperationException(output + errors.Result);
        using var report = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        var tests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in report.RootElement.GetProperty("testResults").EnumerateArray())
        {
            var name = Path.GetRelativePath(Folder, file.GetProperty("name").GetString()!);
            var assertions = file.GetProperty("assertionResults");
            // A file that can't be loaded has no tests, and fails.
            if (assertions.GetArrayLength() == 0)
                tests.Add(name, file.GetProperty("message").GetString()!);
            foreach (var test in assertions.EnumerateArray())
                tests.Add($"{name}: {test.GetProperty("fullName").GetString()}", test.GetProperty("status").GetString()!);
        }

        return tests;
    }
}
