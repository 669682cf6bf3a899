namespace TelemetryKit.Analyzers.Tests;

/// <summary>A tool of more than 200 lines, which records much and nothing personal.</summary>
public class OrdinaryCodeTests
{
    [Fact]
    public async Task Nothing_is_reported_in_ordinary_code()
    {
        var source = Read();
        Assert.True(source.Split('\n').Length > 200);
        Assert.Empty(await Snippet.File(source).Reports());
    }

    [Theory]
    [InlineData("telemetry.RunAsync(Known(args[0])", "telemetry.RunAsync(args[0]", "TK0002 args[0]")]
    [InlineData("using var part = context", "var part = context", "TK0003 context.Telemetry.TrackCommand(\"unpack.read\")")]
    [InlineData("!string.IsNullOrEmpty(answer)", "answer", "TK0002 answer")]
    [InlineData("[\"usesToken\"] = token is not null", "[\"usesIt\"] = token", "TK0002 token")]
    [InlineData("$\"listed as {format}\"", "$\"listed as {context.Folder} {Console.ReadLine()}\"", "TK0002 Console.ReadLine()")]
    public async Task A_mistake_in_it_is_reported(string right, string wrong, string expected)
    {
        var source = Read();
        Assert.Contains(right, source, StringComparison.Ordinal);
        Assert.Equal([expected], await Snippet.File(source.Replace(right, wrong, StringComparison.Ordinal)).Reports());
    }

    private static string Read()
    {
        using var stream = typeof(OrdinaryCodeTests).Assembly.GetManifestResourceStream("Ordinary.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
