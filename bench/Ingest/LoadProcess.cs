using System.Diagnostics;
using System.Globalization;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>Starts another process of this program for one of its commands.</summary>
internal static class LoadProcess
{
    /// <summary>The time at the start of each load in which the new process compiles its code and opens connections.</summary>
    public const double WarmUpSeconds = 1.5;

    /// <summary>Starts a command.</summary>
    public static Process Start(params object[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = arguments[0] is "loads", RedirectStandardOutput = true, UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(LoadProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        if (arguments[0] is "load" or "loads")
        {
            // The load generator shares the machine with the server: responses are processed on the socket threads, and its few
            // allocations don't need the server garbage collector.
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
            start.Environment["DOTNET_gcServer"] = "0";
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    /// <summary>Runs a command to its end and returns the result that it prints.</summary>
    public static async Task<LoadResult> RunAsync(params object[] arguments)
    {
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{arguments[0]} failed with {process.ExitCode}: {output}");
        return LoadResult.FromJson(output.TrimEnd().Split('\n')[^1]);
    }
}
