using System.Globalization;

namespace TelemetryKit.Api.Settings;

/// <summary>The faults of the settings, one sentence each. All are collected before they are printed.</summary>
internal sealed class SettingFaults
{
    /// <summary>The exit code if settings are invalid.</summary>
    public const int ExitCode = 2;

    private readonly List<string> _sentences = [];

    /// <summary>The number of faults.</summary>
    public int Count => _sentences.Count;

    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds a sentence. It must not contain a key or a password.</summary>
    public void Add(string sentence) => _sentences.Add(sentence);

    /// <summary>Prints all faults and returns the exit code.</summary>
    public int Print(TextWriter to)
    {
        var subject = Count == 1 ? "setting is" : "settings are";
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"TelemetryKit did not start: {Count} {subject} wrong."));
        foreach (var sentence in _sentences)
            to.WriteLine("  - " + sentence);
        to.WriteLine("See --help for every setting.");
        return ExitCode;
    }
}
