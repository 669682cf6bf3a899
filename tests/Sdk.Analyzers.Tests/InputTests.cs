namespace TelemetryKit.Analyzers.Tests;

/// <summary>What a user typed, the content of files and secrets of the environment are reported.</summary>
public class InputTests
{
    [Theory]
    [InlineData("args[0]")]
    [InlineData("args[^1]")]
    [InlineData("args.First()")]
    [InlineData("args.FirstOrDefault() ?? \"none\"", "args.FirstOrDefault()")]
    [InlineData("string.Join(' ', args)", "args")]
    [InlineData("string.Concat(args)", "args")]
    [InlineData("string.Join(' ', args[1..])", "args[1..]")]
    [InlineData("string.Join(' ', args.Skip(1))", "args.Skip(1)")]
    [InlineData("args.Length > 0 ? args[0] : \"none\"", "args[0]")]
    [InlineData("args[0].ToLowerInvariant()", "args[0]")]
    [InlineData("$\"run {args[0]}\"", "args[0]")]
    [InlineData("Environment.GetCommandLineArgs()[1]")]
    public async Task Arguments_of_the_command_line_are_reported(string value, string? reported = null)
    {
        var expected = "TK0002 " + (reported ?? value);
        Assert.Equal([expected], await Snippet.Statements($"using var command = telemetry.TrackCommand({value});").Reports());
        Assert.Equal([expected], await Snippet.Statements($"telemetry.Run({value}, _ => 0);").Reports());
    }

    [Theory]
    [InlineData("Commands.Contains(args[0]) ? args[0] : \"other\"")]
    [InlineData("args.Length > 0 && Commands.Contains(args[0]) ? args[0] : \"other\"")]
    [InlineData("args[0] is \"build\" or \"test\" ? args[0] : \"other\"")]
    [InlineData("args[0] switch { \"build\" => \"build\", _ => \"other\" }")]
    [InlineData("args.Length == 1 ? \"one\" : \"more\"")]
    [InlineData("args.Length.ToString()")]
    [InlineData("Parse(args)")]
    [InlineData("Parse(args[0]).ToString()")]
    public async Task What_is_among_known_values_is_not_reported(string value) =>
        Assert.Empty(await Snippet.Members(
            $$"""
            static readonly string[] Commands = ["build", "test"];
            static string Parse(params string[] words) => words.Length > 0 ? "some" : "none";
            void Run(ITelemetryClient telemetry, string[] args) { using var command = telemetry.TrackCommand({{value}}); }
            """).Reports());

    [Fact]
    public async Task A_condition_around_the_call_counts_and_one_about_another_value_does_not()
    {
        Assert.Empty(await Snippet.Statements("if (text.Length > 0 && args[0] == \"build\") telemetry.TrackFeature(args[0]);").Reports());
        Assert.Equal(
            ["TK0002 args[1]"],
            await Snippet.Statements("if (args[0] == \"build\") telemetry.TrackFeature(args[1]);").Reports());
        Assert.Equal(
            ["TK0002 args[0]"],
            await Snippet.Statements("if (args[0] == \"a\") Console.Write(1); else telemetry.TrackFeature(args[0]);").Reports());
    }

    [Theory]
    [InlineData("Console.ReadLine()")]
    [InlineData("Console.ReadLine()?.Trim() ?? \"\"", "Console.ReadLine()")]
    [InlineData("Console.In.ReadToEnd()")]
    [InlineData("File.ReadAllText(text)")]
    [InlineData("File.ReadAllLines(text)[0]")]
    [InlineData("File.ReadLines(text).First()")]
    [InlineData("new StreamReader(text).ReadToEnd()")]
    [InlineData("Environment.GetEnvironmentVariable(\"GITHUB_TOKEN\")")]
    [InlineData("Environment.GetEnvironmentVariable(\"AWS_SECRET_ACCESS_KEY\")")]
    [InlineData("Environment.GetEnvironmentVariable(\"DB_PASSWORD\")")]
    [InlineData("Environment.GetEnvironmentVariable(\"OPENAI_API_KEY\")")]
    public async Task Input_files_and_secrets_are_reported(string value, string? reported = null) =>
        Assert.Equal(["TK0002 " + (reported ?? value)], await Snippet.Statements($"metadata[\"target\"] = {value};").Reports());

    [Theory]
    [InlineData("File.ReadAllText(text).Length")]
    [InlineData("Console.ReadLine() == \"y\"")]
    [InlineData("File.Exists(text)")]
    [InlineData("Environment.GetEnvironmentVariable(\"EDITOR\")")]
    [InlineData("Environment.GetEnvironmentVariable(\"GITHUB_TOKEN\") is not null")]
    public async Task What_is_derived_from_them_is_not_reported(string value) =>
        Assert.Empty(await Snippet.Statements($"metadata[\"target\"] = {value};").Reports());
}
