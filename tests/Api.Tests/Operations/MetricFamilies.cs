using System.Text.RegularExpressions;

namespace TelemetryKit.Api.Tests.Operations;

/// <summary>Reads the metadata of the metrics in a scrape.</summary>
internal static partial class MetricFamilies
{
    [GeneratedRegex(@"^# (TYPE|HELP|UNIT) (\S+) (.*)$")]
    private static partial Regex Comment { get; }

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} \S+$""")]
    private static partial Regex Sample { get; }

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*",?""")]
    private static partial Regex Label { get; }

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex OfHistogram { get; }

    /// <summary>Returns a line for each family: its name, type, unit, labels and help.</summary>
    /// <param name="text">The scrape in the text format.</param>
    /// <param name="openMetrics">The scrape in OpenMetrics. Only this format has units.</param>
    public static SortedDictionary<string, string> Read(string text, string openMetrics)
    {
        var comments = Lines(text).Select(line => Comment.Match(line)).Where(match => match.Success).ToList();
        var types = comments.Where(c => c.Groups[1].Value == "TYPE").ToDictionary(c => c.Groups[2].Value, c => c.Groups[3].Value);
        var help = comments.Where(c => c.Groups[1].Value == "HELP").ToDictionary(c => c.Groups[2].Value, c => c.Groups[3].Value);
        var units = Lines(openMetrics).Select(line => Comment.Match(line)).Where(match => match.Success && match.Groups[1].Value == "UNIT")
            .ToDictionary(c => c.Groups[2].Value, c => c.Groups[3].Value);
        var labels = LabelsByFamily(text, types);
        var families = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, type) in types)
        {
            var unit = units.GetValueOrDefault(name) ?? units.GetValueOrDefault(Regex.Replace(name, "_total$", "")) ?? "-";
            families[name] = $"{name} {type} {unit} {{{string.Join(",", labels[name])}}} {help.GetValueOrDefault(name)}";
        }

        return families;
    }

    private static Dictionary<string, SortedSet<string>> LabelsByFamily(string text, Dictionary<string, string> types)
    {
        var labels = types.Keys.ToDictionary(name => name, _ => new SortedSet<string>(StringComparer.Ordinal));
        foreach (var sample in Lines(text).Select(line => Sample.Match(line)).Where(match => match.Success))
        {
            var name = sample.Groups[1].Value;
            var family = types.ContainsKey(name) ? name : OfHistogram.Replace(name, "");
            foreach (Match label in Label.Matches(sample.Groups[2].Value))
            {
                if (label.Groups[1].Value != "le")
                    labels[family].Add(label.Groups[1].Value);
            }
        }

        return labels;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
