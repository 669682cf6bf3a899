namespace TelemetryKit.Bench.Support;

/// <summary>What the made-up tool of the benches sends: 10 commands, 5 versions, a few platforms, 2 or 3 metadata values an event.</summary>
public static class Sample
{
    /// <summary>Anonymous users of the tool.</summary>
    public const int Installs = 2_000;

    private static readonly string[] Commands = ["build", "test", "run", "publish", "restore", "new", "add", "clean", "watch", "format"];
    private static readonly string[] Versions = ["1.0.0", "1.1.0", "1.2.0", "1.2.1", "2.0.0"];
    private static readonly string[] Targets = ["production", "development", "staging"];
    private static readonly string[] Frameworks = ["net8.0", "net9.0", "net10.0", "netstandard2.0"];
    private static readonly string[] Systems = ["linux", "windows", "macos"];

    /// <summary>A version.</summary>
    public static string Version(Random random) => Pick(Versions, random);

    /// <summary>A context as JSON.</summary>
    public static string Context(Random random)
    {
        var ci = Random(random, 4);
        return $$"""
            {"os":"{{Pick(Systems, random)}}","os_version":"1{{random.Next(4)}}.0","arch":"{{(Random(random, 3) ? "arm64" : "x64")}}","runtime":"dotnet 10.0","ci":{{(ci ? "true" : "false")}},"actor":"{{(ci ? "ci" : "human")}}","shell":"zsh"}
            """;
    }

    /// <summary>Metadata as JSON: the command, its target and, half of the time, the framework.</summary>
    public static string Metadata(Random random)
    {
        var framework = Random(random, 2) ? $",\"framework\":\"{Pick(Frameworks, random)}\"" : "";
        return $"{{\"command\":\"{Pick(Commands, random)}\",\"target\":\"{Pick(Targets, random)}\"{framework}}}";
    }

    private static bool Random(Random random, int oneIn) => random.Next(oneIn) == 0;

    private static string Pick(string[] values, Random random) => values[random.Next(values.Length)];
}
