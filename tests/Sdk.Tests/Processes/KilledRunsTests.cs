using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Sdk.Tests.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Tests many concurrent runs, some of which are killed, with the real server, which is killed as well.</summary>
[Collection(nameof(NotParallel))]
public sealed partial class KilledRunsTests
{
    private const int Runs = 200;
    private const int Steps = 6;
    private const string WriteKey = "tk_test_0123456789abcdefghijABCDEFGHIJkl";
    private const string ReadKey = "tk_read_0123456789abcdefghijABCDEFGHIJkl";

    [Fact]
    public async Task Every_event_on_disk_is_counted_exactly_once()
    {
        await using var world = await World.StartAsync();
        var (server, tool) = (world.Server, world.Tool);
        var everOnDisk = new HashSet<string>();
        var runs = Enumerable.Range(0, Runs).Select(run => Run(tool, run, killed: run % 2 == 0)).ToArray();
        for (var restart = 0; restart < 3; restart++)
        {
            await Watch(TimeSpan.FromSeconds(4), tool, everOnDisk);
            server.KillHard();
            await Task.Delay(500);
            await server.StartAsync();
        }

        while (!Array.TrueForAll(runs, run => run.IsCompleted))
            await Watch(TimeSpan.FromSeconds(1), tool, everOnDisk);
        var finished = await Task.WhenAll(runs);
        var sentByRuns = (await Counted(server)).Count;
        var left = OnDisk(tool);
        everOnDisk.UnionWith(left);
        var killedSenders = await KillSenders(tool, server);
        var sentWhileKilling = (await Counted(server)).Count;
        await Drain(tool);

        var counted = await Counted(server);
        var twice = counted.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        Assert.Empty(twice);
        Assert.Empty(everOnDisk.Except(counted));
        var unkilled = finished.Where(run => run.Ended).SelectMany(run => Names(run.Number)).ToList();
        Assert.Empty(unkilled.Except(counted));
        // The test would prove nothing if all runs had ended before they were killed.
        Assert.InRange(finished.Count(run => run.Ended), Runs / 2, Runs - 1);
        Assert.Equal(counted.Count, await Overview(server));
        Assert.True(sentWhileKilling > 0, "No run sent anything while others were killed.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{finished.Count(run => run.Ended)} of {Runs} runs ended, {counted.Count} events counted, {sentByRuns} of them sent by the "
            + $"runs, {everOnDisk.Count} seen on disk and {left.Count} left there by the runs, {killedSenders} senders killed");
    }

    [Fact]
    public async Task Runs_at_the_same_time_are_counted_exactly_once()
    {
        await using var world = await World.StartAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, Runs).Select(run => Run(world.Tool, run, killed: false)));
        Assert.All(runs, run => Assert.True(run.Ended));
        await Drain(world.Tool);

        var counted = await Counted(world.Server);
        Assert.Equal(Enumerable.Range(0, Runs).SelectMany(Names).Order(), counted.Order());
        Assert.Equal(counted.Count, await Overview(world.Server));
    }

    private static async Task<(int Number, bool Ended)> Run(Tool tool, int number, bool killed)
    {
        await Task.Yield();
        using var process = tool.Start("steps", Name(number), Steps.ToString(CultureInfo.InvariantCulture), "2500");
        if (killed)
        {
            await Task.Delay(Random.Shared.Next(18_000));
            process.Kill();
        }

        await process.WaitForExitAsync();
        return (number, process.ExitCode == 0);
    }

    /// <summary>
    /// Starts and kills runs that only send, while the server is stopped and started again. On a slow machine a run may be killed before it
    /// sends, so the runs live longer in each round until an event has been counted.
    /// </summary>
    private static async Task<int> KillSenders(Tool tool, ServerProcess server)
    {
        var killed = 0;
        for (var round = 0; round < 4 || (round < 10 && (await Counted(server)).Count == 0); round++)
        {
            ClearRetryState(tool);
            var senders = Enumerable.Range(0, 4).Select(_ => tool.Start("flush")).ToArray();
            await Task.Delay(Random.Shared.Next(200, 800) << Math.Max(0, round - 3));
            if (round == 2)
                server.KillHard();
            foreach (var sender in senders)
            {
                await Task.Delay(Random.Shared.Next(100));
                if (!sender.HasExited)
                    killed++;
                sender.Kill();
                await sender.WaitForExitAsync();
                sender.Dispose();
            }

            if (round == 2)
                await server.StartAsync();
        }

        return killed;
    }

    private static async Task Watch(TimeSpan time, Tool tool, HashSet<string> everOnDisk)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < time;)
        {
            ClearRetryState(tool);
            everOnDisk.UnionWith(OnDisk(tool));
            await Task.Delay(200);
        }
    }

    /// <summary>Deletes the retry state, so that the delay after a failed attempt does not slow down the test.</summary>
    private static void ClearRetryState(Tool tool)
    {
        if (Directory.Exists(Path.Combine(tool.Folder, "test")))
            File.Delete(Path.Combine(tool.Folder, "test", "retry"));
    }

    private static string Name(int run) => "run" + run.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Names(int run) => Enumerable.Range(0, Steps).Select(step => Name(run) + "-" + step);

    /// <summary>Returns the features in the complete lines of all batch files.</summary>
    private static HashSet<string> OnDisk(Tool tool) =>
        !Directory.Exists(tool.Folder) ? [] : Directory.GetFiles(tool.Folder, "*", SearchOption.AllDirectories)
            .SelectMany(file => Read(file).Split('\n')[..^1])
            .Select(line => Feature().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToHashSet();

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // A run has locked, sent or renamed it. The next call may be able to read it.
            return "";
        }
    }

    private static async Task Drain(Tool tool)
    {
        for (var attempt = 0; attempt < 30; attempt++)
        {
            ClearRetryState(tool);
            var flush = await tool.Run("flush");
            if (flush.ExitCode == 0 && OnDisk(tool).Count == 0)
                return;
        }

        Assert.Fail("The queue is not empty: " + string.Join(", ", Directory.GetFiles(tool.Folder, "*", SearchOption.AllDirectories)));
    }

    private static async Task<List<string>> Counted(ServerProcess server)
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Get(
                server,
                "/v1/stats/events?env=test&type=feature_used&limit=1000"
                + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)));
            foreach (var e in page.GetProperty("items").EnumerateArray())
                names.Add(e.GetProperty("subject").GetString()!);
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return names;
    }

    private static async Task<int> Overview(ServerProcess server) =>
        (await Get(server, "/v1/stats/overview?env=test&type=feature_used")).GetProperty("events").GetInt32();

    private static async Task<JsonElement> Get(ServerProcess server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadKey);
        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    [GeneratedRegex("\"feature\":\"(run[0-9]+-[0-9]+)\"")]
    private static partial Regex Feature();

    /// <summary>A server, and a tool that sends to it.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("tk-server-").FullName;

        private World()
        {
            Server = ServerProcess.Create(_folder, new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_DATA"] = Path.Combine(_folder, "data"),
                ["TELEMETRYKIT_BOOTSTRAP_KEY"] = WriteKey,
                ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = ReadKey,
            });
            Tool = new Tool(
                ("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_KEY", WriteKey), ("TELEMETRYKIT_ENDPOINT", Server.Address.ToString()),
                // On a build service batches are due immediately, so the runs already send while others are killed.
                ("CI", "1"));
        }

        public ServerProcess Server { get; }

        public Tool Tool { get; }

        public static async Task<World> StartAsync()
        {
            var world = new World();
            await world.Server.StartAsync();
            return world;
        }

        public async ValueTask DisposeAsync()
        {
            Tool.Dispose();
            await Server.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
