namespace TelemetryKit.Bench.Support;

/// <summary>
/// Data of the fictitious tool in the benches: 10 commands, 5 versions, a few platforms, 2 or 3 metadata values per event.
/// </summary>
public static class Sample
{
    /// <summary>The number of anonymous users of the tool.</summary>
    public const int Installs = 2_000;

    private static readonly string[] Commands = ["build", "test", "run", "publish", "restore", "new", "add", "clean", "watch", "format"];
    private static readonly string[] Versions = ["1.0.0", "1.1.0", "1.2.0", "1.2.1", "2.0.0"];
    private static readonly string[] Targets = ["production", "development", "staging"];
    private static readonly string[] Frameworks = ["net8.0", "net9.0", "net10.0", "netstandard2.0"];
    private static readonly string[] Systems = ["linux", "windows", "macos"];

    /// <summary>Returns a version.</summary>
    public static string Version(Random random) => Pick(Versions, random);

    /// <summary>Returns a context as JSON.</summary>
    public static string Context(Random random)
    {
        var isCi = Random(random, 4);
        var (ci, actor) = isCi ? ("true", "ci") : ("false", "human");
        var system = $"\"os\":\"{Pick(Systems, random)}\",\"os_version\":\"1{random.Next(4)}.0\"";
        var arch = Random(random, 3) ? "arm64" : "x64";
        return $$"""
            {{{system}},"arch":"{{arch}}","runtime":"dotnet 10.0","ci":{{ci}},"actor":"{{actor}}","shell":"zsh"}
            """;
    }

    /// <summary>Returns metadata as JSON: the command, its target and, half of the time, the framework.</summary>
    public static string Metadata(Random random)
    {
        var framework = Random(random, 2) ? $",\"framework\":\"{Pick(Frameworks, random)}\"" : "";
        return $"{{\"command\":\"{Pick(Commands, random)}\",\"target\":\"{Pick(Targets, random)}\"{framework}}}";
    }

    private static bool Random(Random random, int oneIn) => random.Next(oneIn) == 0;

    private static string Pick(string[] values, Random random) => values[random.Next(values.Length)];
}
