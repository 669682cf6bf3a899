using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>The threat model names a section of <c>docs/SECURITY-TESTS.md</c> in each line, and each test of that list exists.</summary>
public partial class SecurityTestListTests
{
    private const string List = "docs/SECURITY-TESTS.md";
    private static readonly string Text = File.ReadAllText(Path.Combine(Tree.Root, List));

    [GeneratedRegex("`(?<path>[A-Za-z.]+(?:/[A-Za-z.]+)*/[A-Za-z]+(?:Tests|Matrix|Properties|Contract))(?:\\.(?<method>[A-Za-z_0-9]+))?`")]
    private static partial Regex Reference { get; }

    [Fact]
    public void Each_test_of_the_list_exists()
    {
        var references = Reference.Matches(Text);
        Assert.True(references.Count > 50, $"{references.Count} tests are listed.");
        Expect.None(references.Where(reference => !Exists(reference)).Select(reference => $"{List}: {reference.Value}"));
    }

    [Fact]
    public void Each_line_of_the_threat_model_has_a_section_with_tests()
    {
        var model = File.ReadLines(Path.Combine(Tree.Root, "SECURITY.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Count(c => c == '|') == 5)
            .Select(line => line.Split('|')[4].Trim())
            .Where(section => section != "tests")
            .ToList();
        Assert.NotEmpty(model);
        Expect.None(model.Where(section => !HasTests(section)).Select(section => $"{List}: no tests in \"{section}\""));
    }

    private static bool Exists(Match reference)
    {
        var path = reference.Groups["path"].Value;
        var file = Path.Combine(Tree.Root, path.StartsWith("tests/", StringComparison.Ordinal) ? path : "tests/Api.Tests/" + path) + ".cs";
        return File.Exists(file)
            && (reference.Groups["method"] is not { Success: true } method
                || File.ReadAllText(file).Contains($" {method.Value}(", StringComparison.Ordinal));
    }

    private static bool HasTests(string section) =>
        Text.Split("\n## ").FirstOrDefault(part => part.StartsWith(section + "\n", StringComparison.Ordinal)) is { } part
        && Reference.IsMatch(part);
}
