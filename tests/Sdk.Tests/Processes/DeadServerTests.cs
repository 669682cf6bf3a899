using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>
/// Ensures that exits wait for an unreachable server only as long as they may, and that no process is left. How many milliseconds exits
/// take is measured by <c>bench/Sdk</c>; these tests distinguish them from minutes, on any machine.
/// </summary>
[Collection(nameof(NotParallel))]
public sealed class DeadServerTests : IDisposable
{
    /// <summary>How long a run takes that waits for the server, in seconds.</summary>
    private const string Waiting = "240";

    private static readonly TimeSpan NotWaiting = TimeSpan.FromMinutes(2);

    private readonly FakeServer _server = new();
    private readonly List<Socket> _sockets = [];
    private readonly Tool _tool = new(("TELEMETRYKIT_ENABLED", "1"), ("TOOL_TIMEOUT", Waiting));

    public static TheoryData<string> Kinds =>
        ["live", "refused port", "no response", "no connection", "dead proxy", "unknown name"];

    private string Folder => ServicePaths.Service(Path.Combine(_tool.Home, ".telemetry-kit"), "tool");

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_first_run_waits_at_most_for_a_moment_and_later_ones_do_not_wait(string kind)
    {
        Use(kind);
        await Run();
        Assert.Equal(kind == "live" ? 1 : 0, _server.Delivered.Count);
        // From now on, an exit that waits for the server would wait for minutes.
        _server.Respond = _server.NeverRespond;
        _tool.Variables["TOOL_EXIT_TIMEOUT"] = Waiting;
        var requests = _server.Requests.Count;
        for (var run = 0; run < 3; run++)
            await Run();
        Assert.Equal(requests, _server.Requests.Count);
        Assert.NotEmpty(Directory.GetFiles(Folder, "*.open"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_run_of_a_build_service_waits_at_most_for_a_moment(string kind)
    {
        Use(kind);
        _tool.Variables["CI"] = "1";
        await Run();
        await Run();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_sender_is_left(string kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lists the arguments of processes as files.");
        // The installation is not new then, and nothing has failed: a sender is started for such runs only.
        Use("live");
        await Run();
        Use(kind);
        _tool.Variables["TOOL_SENDER"] = "1";
        await Run();
        Assert.True(File.Exists(Path.Combine(Folder, "sender-started")));
        Clients.Until(() => Senders() == 0);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
        _server.Dispose();
        _tool.Dispose();
    }

    /// <summary>Returns the number of senders with the tool's endpoint, which no other test uses.</summary>
    private int Senders()
    {
        var count = 0;
        foreach (var process in Directory.GetDirectories("/proc"))
        {
            try
            {
                var arguments = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
                if (arguments.Contains("--telemetrykit-send") && arguments.Contains(_tool.Variables["TELEMETRYKIT_ENDPOINT"]))
                    count++;
            }
            catch (IOException)
            {
                // It is not a process, or has ended.
            }
        }

        return count;
    }

    private async Task Run()
    {
        var started = Stopwatch.StartNew();
        var run = await _tool.RunProgram(Tool.EndingProgram, ["return"]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.True(started.Elapsed < NotWaiting, $"The run took {started.Elapsed}.");
    }

    private void Use(string kind)
    {
        _tool.Variables["TELEMETRYKIT_ENDPOINT"] = kind switch
        {
            "live" => _server.Endpoint.ToString(),
            "refused port" => Refused(),
            "no response" => Listener(backlog: 100),
            "no connection" => Full(),
            "dead proxy" => $"http://{Guid.NewGuid():N}.example",
            _ => $"http://{Guid.NewGuid():N}.invalid",
        };
        if (kind == "dead proxy")
            _tool.Variables["http_proxy"] = Refused();
        // A live server needs as long as the machine does.
        if (kind == "live")
            _tool.Variables["TOOL_EXIT_TIMEOUT"] = Waiting;
        else
            _tool.Variables.Remove("TOOL_EXIT_TIMEOUT");
    }

    /// <summary>Returns the address of a port that is bound, so that no other process gets it, and at which nothing listens.</summary>
    private string Refused()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return "http://" + socket.LocalEndPoint;
    }

    /// <summary>Returns the address of a server that accepts connections and never responds.</summary>
    private string Listener(int backlog)
    {
        var address = Refused();
        _sockets[^1].Listen(backlog);
        return address;
    }

    /// <summary>Returns the address of a server that ignores attempts to connect, because too many connections wait for it.</summary>
    private string Full()
    {
        var address = Listener(backlog: 1);
        for (var i = 0; i < 4; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _sockets.Add(client);
            try
            {
                client.Connect(_sockets[^(i + 2)].LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // The connection is opened in the background, if at all.
            }
        }

        return address;
    }
}
