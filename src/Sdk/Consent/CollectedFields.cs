using TelemetryKit.Options;

namespace TelemetryKit.Consent;

/// <summary>Describes for users what is collected. A line that is added here makes the SDK ask every user again, as intended.</summary>
internal static class CollectedFields
{
    private static readonly string[] BySdk =
    [
        "the names of the commands and features you use, how long they take, and whether they fail",
        "the tool's version, your operating system, processor type, .NET version and shell",
        "whether a person, a build service or an AI agent runs the tool",
        "a random number that identifies this installation",
    ];

    public const string Never =
        "your name, e-mail or IP address, machine or file names, the content of your files, or anything else that identifies you";

    public static IReadOnlyList<string> Of(OptionValues options)
    {
        if (options.Collects is not { Count: > 0 } further)
            return BySdk;
        var lines = new List<string>(BySdk);
        lines.AddRange(further);
        return lines;
    }
}
