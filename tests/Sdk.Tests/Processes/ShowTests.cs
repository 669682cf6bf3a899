using System.Text.Json;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>A user of a real tool sees what waits and what was sent, by the tool alone.</summary>
[Collection(nameof(NotParallel))]
public sealed class ShowTests : IDisposable
{
    private readonly FakeServer _server = new();

    [Fact]
    public async Task The_tool_shows_what_waits_exactly_and_then_what_was_sent()
    {
        using var tool = new Tool(
            ("TELEMETRYKIT_ENDPOINT", "no address"), ("TELEMETRYKIT_KEY", "tk_live_" + new string('0', 32)));
        Assert.Equal(0, (await tool.Run("telemetry", "on")).ExitCode);
        await tool.Run("greet", "Ann");
        // Before a run with a server, so that nothing is sent meanwhile. No attempt failed, after which exits would not wait.
        var shown = (await tool.Run("telemetry", "show")).Output;
        Assert.Contains("Nothing was sent in the last 30 days.", shown, StringComparison.Ordinal);

        tool.Variables["TELEMETRYKIT_ENDPOINT"] = _server.Endpoint.ToString();
        // In CI batches are due at once, and the exit may wait for them.
        tool.Variables["CI"] = "1";
        await Until(async () =>
        {
            await tool.Run("greet", "Ann");
            return _server.Delivered.Count > 1;
        });
        var sent = _server.Delivered.First(request => !request.Json.GetProperty("context").GetProperty("ci").GetBoolean());
        // The very event, with its id, on lines of its own.
        var members = sent.Events.SelectMany(e => e.EnumerateObject()).Where(member => member.Value.ValueKind == JsonValueKind.String);
        foreach (var one in members)
            Assert.Contains($"\"{one.Name}\": {one.Value.GetRawText()}", shown, StringComparison.Ordinal);
        Assert.Contains($"\"batch_id\": \"{sent.BatchId}\"", shown, StringComparison.Ordinal);

        shown = (await tool.Run("telemetry", "show")).Output;
        Assert.Matches(@"\d{4}-\d\d-\d\d +\d+  command_executed \(telemetrykit\)", shown);
        await tool.Run("telemetry", "delete");
        shown = (await tool.Run("telemetry", "show")).Output;
        Assert.Contains("Nothing was sent in the last 30 days.", shown, StringComparison.Ordinal);
        Assert.Contains("Nothing waits to be sent.", shown, StringComparison.Ordinal);
    }

    public void Dispose() => _server.Dispose();

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); !await condition();)
            Assert.True(watch.Elapsed < Clients.Timeout, "Nothing was delivered.");
    }
}
