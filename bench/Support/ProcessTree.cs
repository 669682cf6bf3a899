using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Bench.Support;

/// <summary>A process and what it started, as <c>/proc</c> shows them.</summary>
public static class ProcessTree
{
    // USER_HZ, which Linux has fixed at 100 for what it tells to programs.
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds, user and system, of a process with its living and its ended children.</summary>
    public static double CpuSeconds(int pid) =>
        Family(pid).Sum(member => Fields(member) is { } f ? long.Parse(f[11], CultureInfo.InvariantCulture) + long.Parse(f[12], CultureInfo.InvariantCulture)
            + long.Parse(f[13], CultureInfo.InvariantCulture) + long.Parse(f[14], CultureInfo.InvariantCulture) : 0) / TicksPerSecond;

    /// <summary>The most memory a process has had resident, in MiB.</summary>
    public static double PeakMemoryMiB(int pid) =>
        File.ReadLines($"/proc/{pid}/status")
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0)
            .Single();

    /// <summary>Stops a process and its children where they stand, or lets them go on.</summary>
    public static void Pause(int pid, bool pause)
    {
        using var kill = Process.Start("kill", [pause ? "-STOP" : "-CONT", .. Family(pid).Select(member => member.ToString(CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
    }

    private static List<int> Family(int pid)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Fields(id) is { } fields)
                parents[id] = int.Parse(fields[1], CultureInfo.InvariantCulture);
        }

        List<int> family = [pid];
        for (var i = 0; i < family.Count; i++)
            family.AddRange(parents.Where(p => p.Value == family[i]).Select(p => p.Key));
        return family;
    }

    /// <summary>The fields of <c>stat</c> from the third on (state, parent, …); <c>null</c> where the process is gone.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            // The second field is the name in parentheses, which may hold anything.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
