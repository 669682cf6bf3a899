using System.ComponentModel;
using System.Diagnostics;

namespace TelemetryKit.Support;

/// <summary>The container engine of this machine, used through its command-line client.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly Lazy<bool> Available = new(CheckAvailable);

    /// <summary>Whether an engine responds. An installed client isn't sufficient.</summary>
    public static bool IsAvailable => Available.Value;

    /// <summary>Runs a command of the client.</summary>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static void Run(params string[] arguments)
    {
        using var client = Start(arguments);
        client.WaitForExit();
        if (client.ExitCode != 0)
            throw new InvalidOperationException($"docker {arguments[0]} failed ({client.ExitCode}).");
    }

    private static bool CheckAvailable()
    {
        try
        {
            using var client = Start("info");
            if (client.WaitForExit(Timeout))
                return client.ExitCode == 0;
            client.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            // The client is not installed.
            return false;
        }
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var client = Process.Start(start) ?? throw new InvalidOperationException("docker did not start.");

        // Output that isn't read would fill the pipe and block the client.
        client.BeginOutputReadLine();
        client.BeginErrorReadLine();
        return client;
    }
}
