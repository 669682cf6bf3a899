using System.Globalization;

namespace TelemetryKit.Api.Settings;

/// <summary>What is wrong with the settings, a plain sentence each. All are collected before any is shown.</summary>
internal sealed class SettingFaults
{
    /// <summary>The exit code of a start that settings stopped.</summary>
    public const int ExitCode = 2;

    private readonly List<string> _sentences = [];

    /// <summary>How many there are.</summary>
    public int Count => _sentences.Count;

    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds a sentence. It must not contain a key or a password.</summary>
    public void Add(string sentence) => _sentences.Add(sentence);

    /// <summary>Prints them all. Answers the exit code.</summary>
    public int Print(TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"TelemetryKit did not start: {Count} setting{(Count == 1 ? " is" : "s are")} wrong."));
        foreach (var sentence in _sentences)
            to.WriteLine("  - " + sentence);
        to.WriteLine("See --help for every setting.");
        return ExitCode;
    }
}
