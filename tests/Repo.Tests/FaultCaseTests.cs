using System.Text.Json;
using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>
/// The faults that reviews of commit 3cf5848 found, as data: what was sent, what is right, and what was seen. Each has tests that failed
/// before it was fixed, or the number of the issue in which it is to be fixed.
/// </summary>
public partial class FaultCaseTests
{
    private const string File = "tests/Repo.Tests/Faults/cases.json";

    [Fact]
    public void Each_case_has_tests_that_exist_or_an_issue()
    {
        var methods = Tree.Sources("tests").SelectMany(file => TestMethod().Matches(Tree.Read(file)))
            .Select(match => match.Groups[1].Value).ToHashSet();
        using var document = JsonDocument.Parse(Tree.Read(File));
        var faults = new List<string>();
        foreach (var one in document.RootElement.EnumerateArray())
        {
            var id = one.GetProperty("id").GetString();
            if (one.TryGetProperty("tests", out var tests))
                faults.AddRange(tests.EnumerateArray().Select(test => test.GetString()!).Where(test => !methods.Contains(test))
                    .Select(test => $"{id}: {test} doesn't exist"));
            else if (!one.TryGetProperty("issue", out _))
                faults.Add($"{id} has neither tests nor an issue");
        }

        Expect.None(faults);
    }

    [Fact]
    public void Each_case_has_an_id_of_its_own()
    {
        using var document = JsonDocument.Parse(Tree.Read(File));
        var ids = document.RootElement.EnumerateArray().Select(one => one.GetProperty("id").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.True(ids.Count > 80, "The cases are read.");
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex TestMethod();
}
