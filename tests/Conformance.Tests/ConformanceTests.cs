using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace TelemetryKit.Conformance.Tests;

/// <summary>The cases of <c>spec/conformance</c> are complete, and this runner compares as its description says.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public void Cases_match_the_schema()
    {
        var schema = JsonSchema.FromFile(Path.Combine(CaseFiles.Folder, "case.schema.json"));
        foreach (var file in CaseFiles.Paths)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var results = schema.Evaluate(json.RootElement, new() { OutputFormat = OutputFormat.List });
            var errors = (results.Details ?? []).Where(detail => detail.Errors is not null)
                .Select(detail => $"{Path.GetFileName(file)} {detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}");
            Assert.True(results.IsValid, string.Join('\n', errors));
        }
    }

    [Fact]
    public void The_kit_covers_the_statuses_and_sections_of_the_protocol()
    {
        Assert.True(CaseFiles.Cases.Count >= 60, $"There are {CaseFiles.Cases.Count} cases.");
        var statuses = CaseFiles.Cases.Values.SelectMany(one => one.Server).Select(rule => rule.Status).ToHashSet();
        Assert.Superset(new HashSet<int> { 400, 401, 403, 404, 405, 408, 413, 415, 429, 500, 503 }, statuses);
        var sections = CaseFiles.Cases.Values.Select(one => one.Section).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "3", "4", "5", "6", "7", "8", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "9.8", "9.9", "9.10",
            },
            sections);
    }

    [Fact]
    public void Every_file_of_cases_has_a_class_that_runs_it()
    {
        var run = typeof(ConformanceTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(MemberDataAttribute), inherit: false))
            .Select(data => (string)((MemberDataAttribute)data).Arguments[0]!);
        Assert.Equal(CaseFiles.Paths.Select(Path.GetFileNameWithoutExtension), run.Order());
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""[{"a":1}]""", """[{"a":1},{"a":1}]""", false)]
    [InlineData("""{"a":{"$absent":true}}""", """{"b":1}""", true)]
    [InlineData("""{"a":{"$absent":true}}""", """{"a":1}""", false)]
    [InlineData("""{"$matches":"^x+$"}""", "\"xx\"", true)]
    [InlineData("""{"$matches":"^x+$"}""", "\"xy\"", false)]
    [InlineData("""{"$not":0}""", "1", true)]
    [InlineData("""{"$not":0}""", "0", false)]
    [InlineData("""{"$any":[1,2]}""", "2", true)]
    [InlineData("""{"$any":[1,2]}""", "3", false)]
    [InlineData("""{"$contains":"b"}""", "\"abc\"", true)]
    [InlineData("""{"$contains":"b"}""", "1", false)]
    [InlineData("""{"$now":5}""", "\"2026-11-30T10:00:03Z\"", true)]
    [InlineData("""{"$now":5}""", "\"2026-11-30T10:00:08Z\"", false)]
    public void Patterns_match_what_the_readme_says(string pattern, string value, bool matches) =>
        Assert.Equal(matches, Matcher.Difference(
            JsonNode.Parse(pattern), JsonNode.Parse(value), new(2026, 11, 30, 10, 0, 0, TimeSpan.Zero)) is null);
}
