using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Support;

/// <summary>
/// The server, or a silo, as a separate process, started from the build output of <c>src</c> in the running configuration. It can be
/// killed, terminated and started again with the same data and port.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    private ServerProcess(
        string project, string folder, int port, IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        Assembly = BuildOutput.Of(project);
        Folder = folder;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _environment = environment;
        _arguments = arguments;
        Http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>The address that it listens on.</summary>
    public Uri Address { get; }

    /// <summary>A client with <see cref="Address"/> as its base address, without a key.</summary>
    public HttpClient Http { get; }

    /// <summary>The working folder. It contains the data unless the environment sets another folder.</summary>
    public string Folder { get; }

    /// <summary>The assembly to start; by default the one that was built together with the running one.</summary>
    public string Assembly { get; set; }

    /// <summary>The process id of the last start.</summary>
    public int Id => StartedProcess.Id;

    /// <summary>The standard output and error of all starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Whether the process is running.</summary>
    public bool IsRunning => _process is { HasExited: false };

    private Process StartedProcess => _process ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>Creates a server without starting it.</summary>
    /// <param name="folder">An existing folder for this server only.</param>
    /// <param name="environment">Environment variables to set or, if <c>null</c>, to remove.</param>
    /// <param name="arguments">Arguments in addition to <c>--urls</c>.</param>
    public static ServerProcess Create(
        string folder, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments) =>
        new("Api", folder, FreePort.Find(), environment ?? new Dictionary<string, string?>(), arguments);

    /// <summary>Creates a silo without starting it.</summary>
    /// <param name="folder">An existing folder for this silo only.</param>
    /// <param name="environment">Environment variables to set or, if <c>null</c>, to remove.</param>
    public static ServerProcess CreateSilo(string folder, IReadOnlyDictionary<string, string?> environment) =>
        new("Silo", folder, FreePort.Find(), environment, []);

    /// <summary>A program of <c>src</c> that isn't started yet. It has no settings but those of the environment that is passed.</summary>
    /// <param name="assembly">Its assembly.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">Environment variables to set or, if <c>null</c>, to remove.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartOf(
        string assembly, string folder, IReadOnlyDictionary<string, string?> environment, IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { WorkingDirectory = folder };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Starts the process and waits until the server is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Starts the process and returns at once.</summary>
    /// <exception cref="InvalidOperationException">It is running.</exception>
    public void Launch()
    {
        if (IsRunning)
            throw new InvalidOperationException("The server is already running.");
        _process?.Dispose();
        var start = StartOf(Assembly, Folder, _environment, ["--urls", Address.ToString(), .. _arguments]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        _process.OutputDataReceived += (_, line) => AddOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => AddOutput(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until the server is ready.</summary>
    /// <exception cref="InvalidOperationException">The process exited before. The message contains its output.</exception>
    /// <exception cref="TimeoutException">The server wasn't ready in time. The message contains its output.</exception>
    public async Task WaitUntilReadyAsync()
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            if (!IsRunning)
                throw new InvalidOperationException($"The server exited with {StartedProcess.ExitCode} before it was ready:\n{Output}");
            if (since.Elapsed > StartTimeout)
                throw new TimeoutException($"The server was not ready after {StartTimeout}:\n{Output}");
            try
            {
                using var response = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It doesn't listen yet.
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Kills the process (SIGKILL) and waits until it has exited.</summary>
    public void KillHard()
    {
        StartedProcess.Kill();
        StartedProcess.WaitForExit();
    }

    /// <summary>Sends SIGTERM and returns at once.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the process has exited and returns its exit code.</summary>
    /// <exception cref="OperationCanceledException">The process hasn't exited within the timeout.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var cancellation = new CancellationTokenSource(timeout);
        await StartedProcess.WaitForExitAsync(cancellation.Token);
        return StartedProcess.ExitCode;
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

    private static bool IsSetting(string name) =>
        name.StartsWith("TELEMETRYKIT_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal);

    private void AddOutput(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
