using System.Diagnostics;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>The commands <c>TelemetryKit.Api admin …</c> as processes, with the settings of a store.</summary>
internal static class AdminCommand
{
    /// <summary>Runs a command until it ends.</summary>
    public static async Task<(int ExitCode, string Output)> AdminAsync(this TestStore store, params string[] arguments)
    {
        using var process = store.StartAdmin(arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(ServerExtensions.Timeout);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Starts a command.</summary>
    public static Process StartAdmin(this TestStore store, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("Api"), "admin", .. arguments])
        {
            WorkingDirectory = store.Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in store.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
