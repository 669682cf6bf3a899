using System.Text;
using System.Text.Json;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>
/// The corpora of <c>spec/corpus</c>: ordinary values, which a scrubber must not change, and hostile ones, in which a part marked with
/// ⟦ and ⟧ must not remain. The tests of the server use it as well.
/// </summary>
internal sealed class ScrubbingCorpus
{
    private const int Window = 4;

    private readonly Dictionary<string, string[]> _values;

    /// <summary>Reads a file of <c>spec/corpus</c>.</summary>
    public ScrubbingCorpus(string json)
    {
        var values = JsonDocument.Parse(json).RootElement.GetProperty("values");
        _values = values.EnumerateObject().ToDictionary(
            kind => kind.Name,
            // ¦ keeps made-up tokens in the file from looking like real ones.
            kind => kind.Value.EnumerateArray().Select(value => value.GetString()!.Replace("¦", "", StringComparison.Ordinal)).ToArray());
    }

    public int Count => _values.Values.Sum(values => values.Length);

    /// <summary>Returns the values that the scrubber changes.</summary>
    public string[] Changed(Func<string, string> scrub) =>
        [.. _values.Values.SelectMany(values => values).Where(value => scrub(value) != value).Select(value => $"{value} → {scrub(value)}")];

    /// <summary>Returns the hostile values of which the scrubber leaves four or more characters in a row of the marked part.</summary>
    public string[] Missed(Func<string, string> scrub) =>
        [.. _values.SelectMany(kind => kind.Value.Where(value => IsMissed(value, scrub)).Select(value => $"{kind.Key}: {value}"))];

    /// <summary>Describes the recall of each kind.</summary>
    public string Recall(Func<string, string> scrub)
    {
        var text = new StringBuilder();
        foreach (var (kind, values) in _values)
            text.Append($"{kind} {values.Count(value => !IsMissed(value, scrub))}/{values.Length}, ");
        var caught = Count - Missed(scrub).Length;
        return text.Append($"all {caught}/{Count} = {(double)caught / Count:0.000}").ToString();
    }

    private static bool IsMissed(string value, Func<string, string> scrub)
    {
        var text = value.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);
        var scrubbed = scrub(text);
        return value.Split('⟦').Skip(1).Any(rest => Remains(rest[..rest.IndexOf('⟧')], scrubbed));
    }

    private static bool Remains(string secret, string scrubbed)
    {
        var length = Math.Min(Window, secret.Length);
        return Enumerable.Range(0, secret.Length - length + 1)
            .Any(at => scrubbed.Contains(secret.Substring(at, length), StringComparison.Ordinal));
    }
}
