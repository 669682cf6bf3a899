namespace TelemetryKit.Api.Settings;

/// <summary>The parsed command line of the server.</summary>
internal sealed record CommandLine
{
    /// <summary>Whether <c>--demo</c> is given: the demo project is filled.</summary>
    public bool Demo { get; init; }

    /// <summary>The settings, as <c>--KEY=VALUE</c>, for ASP.NET's configuration.</summary>
    public string[] Rest { get; init; } = [];

    /// <summary>The faults, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Parses the arguments of the server, without running it.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args) => new ServerCommand().Read(args);

    /// <summary>Reads the arguments that no option matches: settings of the framework. Any other argument is a fault.</summary>
    /// <param name="tokens">The arguments.</param>
    /// <param name="settings">Receives the settings.</param>
    /// <param name="faults">Receives a sentence for each fault.</param>
    public static void ReadFrameworkSettings(IReadOnlyList<string> tokens, List<string> settings, List<string> faults)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var (name, value) = Split(tokens[i]);
            if (name is not null && value is null && i + 1 < tokens.Count && !tokens[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = tokens[++i];
            if (name is null)
                faults.Add($"\"{Shortened(tokens[i])}\" on the command line is not a setting: settings are --NAME VALUE.");
            else if (value is null)
                faults.Add($"\"{Shortened("--" + name)}\" on the command line is not a setting, or it has no value.");
            else if (!KnownSettings.IsOfFramework(name))
                faults.Add($"\"{Shortened("--" + name)}\" on the command line is not a setting.");
            else
                settings.Add($"--{name}={value}");
        }
    }

    // As in environment variables, two underscores are read as a colon.
    private static (string? Name, string? Value) Split(string token)
    {
        if (!token.StartsWith("--", StringComparison.Ordinal))
            return (null, null);
        var equals = token.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? token[2..] : token[2..equals]).Replace("__", ":", StringComparison.Ordinal);
        return (name, equals < 0 ? null : token[(equals + 1)..]);
    }

    private static string Shortened(string word) => word.Length <= 24 ? word : word[..24] + "…";
}
