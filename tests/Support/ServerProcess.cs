using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Support;

/// <summary>
/// The real server as a process of its own, started from the build output of <c>src/Api</c> that belongs to the running
/// configuration. It can be killed, terminated and started again on the same data and the same port.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    private ServerProcess(string folder, int port, IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        Folder = folder;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _environment = environment;
        _arguments = arguments;
        Http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client with <see cref="Address"/> as its base, without a key.</summary>
    public HttpClient Http { get; }

    /// <summary>Its working folder; its data is below, unless the environment says otherwise.</summary>
    public string Folder { get; }

    /// <summary>The process id of the latest start.</summary>
    public int Id => Running.Id;

    /// <summary>Everything it wrote to its standard output and error, over all starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>True between a start and its end.</summary>
    public bool IsRunning => _process is { HasExited: false };

    private Process Running => _process ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>A server that isn't started yet.</summary>
    /// <param name="folder">An existing folder of the test's own.</param>
    /// <param name="environment">Environment variables to set (or, with <c>null</c>, to unset).</param>
    /// <param name="arguments">Arguments beside <c>--urls</c>.</param>
    public static ServerProcess Create(string folder, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments) =>
        new(folder, FreePort(), environment ?? new Dictionary<string, string?>(), arguments);

    /// <summary>Starts it (again) and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Starts it (again) and returns at once.</summary>
    public void Launch()
    {
        if (IsRunning)
            throw new InvalidOperationException("The server runs already.");
        _process?.Dispose();
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(BuildOutput.Of("Api"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add(Address.ToString());
        foreach (var argument in _arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("TELEMETRYKIT_", StringComparison.Ordinal) || k.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns when it says that it is ready; throws, with what it wrote, where it ends before.</summary>
    public async Task WaitUntilReadyAsync()
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            if (!IsRunning)
                throw new InvalidOperationException($"The server ended with {Running.ExitCode} before it was ready:\n{Output}");
            if (since.Elapsed > StartTimeout)
                throw new TimeoutException($"The server was not ready after {StartTimeout}:\n{Output}");
            try
            {
                using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It doesn't listen yet.
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Kills it as <c>kill -9</c> does, and returns when it is gone.</summary>
    public void KillHard()
    {
        Running.Kill();
        Running.WaitForExit();
    }

    /// <summary>Sends SIGTERM and returns at once.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Returns its exit code when it has ended; throws where it hasn't in time.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var cancellation = new CancellationTokenSource(timeout);
        await Running.WaitForExitAsync(cancellation.Token);
        return Running.ExitCode;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (IsRunning)
            KillHard();
        _process?.Dispose();
        Http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private void Note(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
