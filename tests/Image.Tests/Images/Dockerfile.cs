using System.Text.RegularExpressions;

namespace TelemetryKit.Image.Tests.Images;

/// <summary>An instruction of a Dockerfile.</summary>
/// <param name="Name">Its name, in capital letters.</param>
/// <param name="Options">Its options, without the leading <c>--</c>.</param>
/// <param name="Arguments">The rest, with continued lines joined.</param>
internal sealed record Instruction(string Name, IReadOnlyDictionary<string, string> Options, string Arguments)
{
    /// <summary>The arguments, which are separated by white space.</summary>
    public string[] Words => Arguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A stage of a Dockerfile.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Base">The stage or the image that it begins with.</param>
/// <param name="Instructions">The instructions after <c>FROM</c>.</param>
internal sealed record Stage(string Name, string Base, IReadOnlyList<Instruction> Instructions);

/// <summary>The stages of a Dockerfile in the form that this repository's has.</summary>
internal static partial class Dockerfile
{
    /// <summary>Parses a Dockerfile.</summary>
    /// <exception cref="FormatException">It has an instruction outside of a stage, or a stage without a name.</exception>
    public static IReadOnlyDictionary<string, Stage> Parse(string text)
    {
        Dictionary<string, Stage> stages = [];
        List<Instruction>? current = null;
        foreach (var line in Continuations().Replace(Comments().Replace(text, ""), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var instruction = ParseInstruction(line);
            if (instruction.Name != "FROM")
            {
                (current ?? throw new FormatException("Before the first stage: " + line)).Add(instruction);
                continue;
            }

            current = [];
            stages.Add(
                instruction.Words is [_, "AS", var name] ? name : throw new FormatException("A stage without a name: " + line),
                new(instruction.Words[2], instruction.Words[0], current));
        }

        return stages;
    }

    private static Instruction ParseInstruction(string line)
    {
        var match = Parts().Match(line.Trim());
        var options = match.Groups["option"].Captures.Select(option => option.Value.Split('=', 2)).ToDictionary(o => o[0], o => o[1]);
        return new(match.Groups["name"].Value, options, match.Groups["rest"].Value);
    }

    [GeneratedRegex(@"^#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuations();

    [GeneratedRegex(@"^(?<name>[A-Z]+)(\s+--(?<option>[a-z-]+=\S+))*\s+(?<rest>.*)$")]
    private static partial Regex Parts();
}
