using System.Diagnostics;

namespace TelemetryKit.Support;

/// <summary>
/// A process of the conformance kit's driver, a tool that uses this SDK, with a home and nothing else of the machine that runs the tests.
/// The suites that use it build it.
/// </summary>
public sealed class DriverProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the driver.</summary>
    public DriverProcess(string home, string folder, string[] arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name != "PATH" && !name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal))
                start.Environment.Remove(name);
        }

        start.Environment["HOME"] = start.Environment["USERPROFILE"] = home;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (var (name, value) in environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
    }

    private static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(
                BuildOutput.Root, "tests", "Conformance.Tool", "bin", own.Parent!.Name, own.Name, "TelemetryKit.Conformance.Tool.dll");
        }
    }

    /// <summary>Waits for the end. Sends the signal first, if there is one, once the file exists.</summary>
    public async Task<Ended> EndAsync(TimeSpan most, (string Name, string Ready)? signal)
    {
        var (output, error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        using var timeout = new CancellationTokenSource(most);
        try
        {
            if (signal is var (name, ready))
            {
                while (!File.Exists(ready) && !_process.HasExited)
                    await Task.Delay(20, timeout.Token);
                using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString()]);
                await kill.WaitForExitAsync(timeout.Token);
            }

            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            return new(_process.ExitCode, await output, await error, _process.ExitTime.ToUniversalTime(), WasKilled: true);
        }

        return new(_process.ExitCode, await output, await error, _process.ExitTime.ToUniversalTime(), WasKilled: false);
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();

    /// <summary>How a process ended.</summary>
    public sealed record Ended(int ExitCode, string Output, string Error, DateTime At, bool WasKilled);
}
