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
    [InlineData("string.Join(' ', args.Distinct())", "args.Distinct()")]
    [InlineData("string.Join(' ', args.OrderBy(word => word.Length))", "args.OrderBy(word => word.Length)")]
    [InlineData("string.Join(' ', args.AsEnumerable())", "args.AsEnumerable()")]
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
    [InlineData("args[0] switch { \"build\" or \"test\" => args[0], _ => \"other\" }")]
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
    [InlineData("switch (args[0]) { case \"build\": telemetry.TrackFeature(args[0]); break; }")]
    [InlineData("switch (args[0]) { case \"build\": case \"test\": if (text == \"\") telemetry.TrackFeature(args[0]); break; }")]
    [InlineData("switch (args[0]) { case \"build\" or \"test\": telemetry.TrackFeature(args[0]); break; }")]
    [InlineData("switch (args[0]) { case \"build\" when text == \"\": telemetry.TrackFeature(args[0]); break; }")]
    public async Task A_case_of_known_values_is_not_reported(string statement) =>
        Assert.Empty(await Snippet.Statements(statement).Reports());

    [Theory]
    [InlineData("switch (args[0]) { case \"build\": break; default: telemetry.TrackFeature(args[0]); break; }", "args[0]")]
    [InlineData("switch (args[0]) { case \"build\": default: telemetry.TrackFeature(args[0]); break; }", "args[0]")]
    [InlineData("switch (args[0]) { case not \"build\": telemetry.TrackFeature(args[0]); break; }", "args[0]")]
    [InlineData("switch (args[0]) { case { Length: 3 }: telemetry.TrackFeature(args[0]); break; }", "args[0]")]
    [InlineData("switch (args[0]) { case \"build\": telemetry.TrackFeature(args[1]); break; }", "args[1]")]
    [InlineData("telemetry.TrackFeature(args[0] switch { \"build\" => \"build\", _ => args[0] });", "args[0]")]
    [InlineData("telemetry.TrackFeature(args[0] switch { \"build\" => args[1], _ => \"other\" });", "args[1]")]
    public async Task Another_case_is_reported(string statement, string reported) =>
        Assert.Equal(["TK0002 " + reported], await Snippet.Statements(statement).Reports());

    [Theory]
    [InlineData("foreach (var a in args) telemetry.TrackFeature(a);", "a")]
    [InlineData("foreach (string a in args.Skip(1)) telemetry.TrackFeature(a.ToLower());", "a")]
    [InlineData("foreach (var line in File.ReadLines(text)) metadata[\"target\"] = line;", "line")]
    [InlineData("telemetry.TrackFeature(args is [var first, ..] ? first : \"none\");", "first")]
    [InlineData("telemetry.TrackFeature(args is [_, string second] ? second : \"none\");", "second")]
    [InlineData("telemetry.TrackFeature(args is [\"run\", .. var rest] ? string.Join(' ', rest) : \"none\");", "rest")]
    [InlineData("telemetry.TrackFeature(args is { Length: > 0 } and [var first, ..] ? first : \"none\");", "first")]
    [InlineData("telemetry.TrackFeature(args switch { [var first, ..] => first, _ => \"none\" });", "first")]
    [InlineData("switch (args) { case [var first]: telemetry.TrackFeature(first); break; }", "first")]
    [InlineData("if (args[0] is { } first) telemetry.TrackFeature(first);", "first")]
    [InlineData("if (Console.ReadLine() is string typed) telemetry.TrackFeature(typed);", "typed")]
    public async Task Variables_of_loops_and_patterns_are_reported(string statement, string reported) =>
        Assert.Equal(["TK0002 " + reported], await Snippet.Statements(statement).Reports());

    [Theory]
    [InlineData("foreach (var a in args) telemetry.TrackFeature(a == \"-v\" ? a : \"other\");")]
    [InlineData("foreach (var a in args) if (a is \"-v\" or \"-q\") telemetry.TrackFeature(a);")]
    [InlineData("foreach (var a in new[] { \"one\", \"two\" }) telemetry.TrackFeature(a);")]
    [InlineData("foreach (var a in args) telemetry.TrackFeature(a.Length.ToString());")]
    [InlineData("telemetry.TrackFeature(args is [(\"build\" or \"test\") and var first, ..] ? first : \"none\");")]
    [InlineData("if (args is { Length: var count }) telemetry.TrackFeature(\"some\", new() { [\"count\"] = count });")]
    [InlineData("telemetry.TrackFeature(args switch { [\"build\", ..] => \"build\", _ => \"other\" });")]
    public async Task Variables_that_are_among_known_values_are_not_reported(string statement) =>
        Assert.Empty(await Snippet.Statements(statement).Reports());

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
