using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.Monitoring.Tests;

/// <summary>The files in <c>deploy/prometheus</c>.</summary>
internal static partial class Rules
{
    /// <summary>The path of a file.</summary>
    public static string File(string name) => Path.Combine(BuildOutput.Root, "deploy", "prometheus", name);

    /// <summary>The names of the alerts.</summary>
    public static IReadOnlyList<string> Alerts() =>
        [.. Alert().Matches(System.IO.File.ReadAllText(File("rules.yaml"))).Select(match => match.Groups[1].Value)];

    /// <summary>The names of all metrics in a text with queries.</summary>
    public static IReadOnlyList<string> Metrics(string text) => [.. Metric().Matches(text).Select(match => match.Value).Distinct()];

    /// <summary>
    /// The rules with all durations divided by 60: an hour becomes a minute, and a minute a second. Thresholds stay as they are.
    /// </summary>
    public static string Faster() => Duration().Replace(
        System.IO.File.ReadAllText(File("rules.yaml")), match => match.Groups[1].Value + (match.Groups[2].Value == "h" ? "m" : "s"));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(telemetrykit|http|orleans|dotnet|kestrel)_[a-z0-9_]+(?=[\[{)\s])")]
    private static partial Regex Metric();

    [GeneratedRegex(@"(?<=\[|for: )(\d+)([hm])\b")]
    private static partial Regex Duration();
}
