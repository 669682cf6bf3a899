using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Ensures that all options and environment variables are documented.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Documentation = File.ReadAllText(Path.Combine(BuildOutput.Root, "docs", "sdk", "README.md"));

    public static TheoryData<string> Options => [.. typeof(TelemetryOptions).GetProperties().Select(property => property.Name)];

    public static TheoryData<string> Variables =>
    [
        .. Directory.GetFiles(Path.Combine(BuildOutput.Root, "src", "Sdk"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_is_documented(string option) =>
        Assert.Contains(
            Documentation.Split('\n'),
            line => line.StartsWith('|') && line.Split('|')[1].Contains($"`{option}`", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Variables))]
    public void Every_environment_variable_is_documented(string name) =>
        Assert.True(
            Documentation.Contains(name, StringComparison.Ordinal)
                || Documentation.Contains(name["TELEMETRYKIT".Length..] + "`", StringComparison.Ordinal),
            name);

    [GeneratedRegex("\"(TELEMETRYKIT_[A-Z]+|DO_NOT_TRACK)\"")]
    private static partial Regex Variable();
}
