using System.Text.Json;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Who runs the tool: the table and the cases of the specification.</summary>
public sealed class ActorTests
{
    private static readonly JsonElement Table = Read("actors.json");

    public static TheoryData<string> Cases =>
        [.. Read("vectors", "actors.json").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Fact]
    public void The_table_is_that_of_the_specification()
    {
        Assert.Equal(Pairs("build_services"), KnownActors.BuildServices);
        Assert.Equal(Pairs("agents"), KnownActors.Agents);
        Assert.Equal(KnownActors.NamedBy, Table.GetProperty("named_by").GetString());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_actor_is_detected(string name)
    {
        var one = Read("vectors", "actors.json").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);
        using var host = new TestHost { Terminal = one.GetProperty("terminal").GetBoolean() };
        foreach (var variable in one.GetProperty("variables").EnumerateObject())
            host.Variables[variable.Name] = variable.Value.GetString()!;
        foreach (var file in one.GetProperty("files").EnumerateArray())
            host.OtherFiles.Add(file.GetString()!);
        var head = ContextDetector.Head(new TelemetryOptions { ServiceName = "my-cli" }.Values, host, ephemeral: false);
        var context = JsonDocument.Parse(head).RootElement.GetProperty("context");
        Assert.Equal(one.GetProperty("actor").GetString(), context.GetProperty("actor").GetString());
        Assert.Equal(one.GetProperty("agent").GetString(), Text(context, "agent"));
        Assert.Equal(one.GetProperty("ci_name").GetString(), Text(context, "ci_name"));
        Assert.Equal(Text(context, "ci_name") is not null, context.GetProperty("ci").GetBoolean());
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<string> Pairs(string list) =>
        from entry in Table.GetProperty(list).EnumerateArray()
        from marker in entry.GetProperty("any").EnumerateArray()
        from text in new[] { entry.GetProperty("name").GetString()!, Marker(marker) }
        select text;

    private static string Marker(JsonElement marker) =>
        (marker.TryGetProperty("only_without_terminal", out _) ? "?" : "")
        + (Text(marker, "file") is { } file ? "file:" + file : Text(marker, "variable"))
        + (Text(marker, "value") is { } value ? "=" + value : "")
        + (Text(marker, "contains") is { } part ? "~" + part : "")
        + (Text(marker, "with") is { } other ? "&" + other : "");

    private static JsonElement Read(params string[] path) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine([AppContext.BaseDirectory, "spec", .. path]))).RootElement;
}
