using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Bench.Abuse;

/// <summary>Runs an attack in a process of its own, so that its work doesn't delay the honest client.</summary>
internal static class AttackProcess
{
    /// <summary>Runs in this process: prints a line when it begins, and the number of responses by status at the end.</summary>
    public static async Task<int> RunAsync(string name, Target target, double seconds)
    {
        var attack = Attack.All.Single(one => one.Name == name);
        using var attacker = new Attacker(target);
        var statuses = new ConcurrentDictionary<int, int>();
        var started = Stopwatch.GetTimestamp();
        Console.WriteLine("begins");
        var connections = Enumerable.Range(0, attack.Connections).Select(connection => Task.Run(async () =>
        {
            for (var step = 0; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; step++)
            {
                int status;
                try
                {
                    status = await attack.Step(attacker, connection, step);
                }
                catch (HttpRequestException)
                {
                    status = 0;
                }

                statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            }
        })).ToArray();
        // A held body may take longer.
        await Task.WhenAny(Task.WhenAll(connections), Task.Delay(TimeSpan.FromSeconds(seconds + 2)));
        Console.WriteLine(string.Join(
            ", ", statuses.OrderBy(one => one.Key).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} × {one.Key}"))));
        return 0;
    }

    /// <summary>Starts the process and returns when the attack has begun.</summary>
    public static async Task<Process> StartAsync(Attack attack, Target target, double seconds)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments =
        [
            typeof(AttackProcess).Assembly.Location, "attack", "--name", attack.Name, "--target", target.ToJson(),
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        await process.StandardOutput.ReadLineAsync();
        return process;
    }
}
