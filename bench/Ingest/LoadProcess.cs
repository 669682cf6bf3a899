using System.Diagnostics;
using System.Globalization;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>Starts this program again for one of its parts.</summary>
internal static class LoadProcess
{
    /// <summary>At the start of each load: the new process compiles, connections open.</summary>
    public const double WarmUpSeconds = 1.5;

    /// <summary>Starts a part and leaves it running.</summary>
    public static Process Start(params object[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(LoadProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        if (arguments[0] is "load")
        {
            // The load generator shares the machine: answers are handled where they are read, and its few allocations need no server's collector.
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
            start.Environment["DOTNET_gcServer"] = "0";
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    /// <summary>Runs a part to its end and answers the result that it prints.</summary>
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
