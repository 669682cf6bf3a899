using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Tests the process that sends for a tool whose exits must not wait.</summary>
[Collection(nameof(NotParallel))]
public sealed class SenderTests : IAsyncLifetime
{
    private readonly FakeServer _server = new();
    private readonly Tool _tool;

    public SenderTests() => _tool = new(
        ("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", _server.Endpoint.ToString()), ("TOOL_EXIT_TIMEOUT", "60"));

    /// <summary>Creates an installation: a new one in a container may be gone afterwards, so it sends at its exit itself.</summary>
    public async ValueTask InitializeAsync()
    {
        await Run();
        Assert.Single(_server.Delivered);
        _server.Requests.Clear();
        _server.Delivered.Clear();
        _server.Connected.Clear();
        _tool.Variables["TOOL_SENDER"] = "1";
    }

    private string Folder => ServicePaths.Service(Path.Combine(_tool.Home, ".telemetry-kit"), "tool");

    private string Started => Path.Combine(Folder, "sender-started");

    [Fact]
    public async Task A_sender_delivers_what_the_run_has_stored()
    {
        await Run();
        Clients.Until(() => _server.Delivered.Sum(request => request.Events.Count) == 1);
        // The run itself has not even opened a connection.
        Assert.Empty(_server.Connected);
    }

    [Fact]
    public async Task A_sender_is_started_at_most_every_ten_minutes()
    {
        await Run();
        Clients.Until(() => !_server.Delivered.IsEmpty);
        await Run();
        Assert.Single(Directory.GetFiles(Folder, "*.open"));
        Assert.Single(_server.Delivered);
        File.SetLastWriteTimeUtc(Started, DateTime.UtcNow.AddMinutes(-11));
        await Run();
        Clients.Until(() => _server.Delivered.Sum(request => request.Events.Count) == 3);
    }

    [Fact]
    public async Task A_sender_ends_if_the_server_never_responds()
    {
        _server.Respond = _server.NeverRespond;
        await Run();
        Clients.Until(() => !_server.Requests.IsEmpty);
        // The lock is released when the process ends.
        Clients.Until(() =>
        {
            try
            {
                using var file = new FileStream(Path.Combine(Folder, "sender"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task No_sender_is_started_in_ci()
    {
        _tool.Variables["CI"] = "1";
        await Run();
        Assert.False(File.Exists(Started));
    }

    [Theory]
    [InlineData("TOOL_PROXY")]
    [InlineData("TOOL_HANDLER")]
    [InlineData("TOOL_BACKEND")]
    public async Task No_sender_is_started_with_options_that_it_cannot_know(string option)
    {
        _tool.Variables[option] = _server.Endpoint.ToString();
        await Run();
        Assert.False(File.Exists(Started));
        Assert.Empty(_server.Delivered);
        // The run waits by the rules of a tool without a sender: here for the first time in a day.
        File.Delete(Path.Combine(Folder, "delivered"));
        await Run();
        Assert.Equal(2, _server.Delivered.Sum(request => request.Events.Count));
        Assert.False(File.Exists(Started));
    }

    [Fact]
    public async Task A_sender_sends_nothing_after_a_no()
    {
        await Run();
        Clients.Until(() => !_server.Delivered.IsEmpty);
        await Run();
        _tool.Variables["DO_NOT_TRACK"] = "1";
        string[] arguments = ["--telemetrykit-send", "tool", Clients.Key, _server.Endpoint.ToString(), ""];
        var sender = await _tool.RunProgram(Tool.EndingProgram, arguments);
        Assert.Equal((0, "", ""), (sender.ExitCode, sender.Output, sender.Error));
        Assert.Single(_server.Delivered);
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        // A sender may still be writing to the directory.
        Clients.Until(() =>
        {
            try
            {
                _tool.Dispose();
                return true;
            }
            catch (IOException)
            {
                return !Directory.Exists(_tool.Home);
            }
        });
        return default;
    }

    private async Task Run()
    {
        var run = await _tool.RunProgram(Tool.EndingProgram, ["return"]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }
}
