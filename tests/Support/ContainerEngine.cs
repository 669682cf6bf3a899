using System.ComponentModel;
using System.Diagnostics;

namespace TelemetryKit.Support;

/// <summary>The machine's container engine, by its command-line client.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Lazy<bool> Found = new(Ask);

    /// <summary>Whether an engine responds: a client alone is no engine.</summary>
    public static bool IsAvailable => Found.Value;

    /// <summary>Runs a command of the client; throws if it fails.</summary>
    public static void Run(params string[] arguments)
    {
        using var client = Start(arguments);
        client.WaitForExit();
        if (client.ExitCode != 0)
            throw new InvalidOperationException($"docker {arguments[0]} failed ({client.ExitCode}).");
    }

    private static bool Ask()
    {
        try
        {
            using var client = Start("info");
            if (client.WaitForExit(Patience))
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

        // What is not read would fill the pipe and stop the client.
        client.BeginOutputReadLine();
        client.BeginErrorReadLine();
        return client;
    }
}
