using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Bench.Support;

/// <summary>A process and its descendants, from <c>/proc</c>.</summary>
public static class ProcessTree
{
    // USER_HZ, which is always 100 in the interfaces of Linux.
    private const double TicksPerSecond = 100;

    /// <summary>Returns the processor seconds, user and system, of a process with its running and ended children.</summary>
    public static double CpuSeconds(int pid) =>
        Family(pid).Sum(Ticks) / TicksPerSecond;

    /// <summary>Returns the maximum resident memory of a process in MiB.</summary>
    public static double PeakMemoryMiB(int pid) =>
        File.ReadLines($"/proc/{pid}/status")
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1])
            .Select(kibibytes => long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024.0)
            .Single();

    /// <summary>Pauses or resumes a process and its children.</summary>
    public static void Pause(int pid, bool pause)
    {
        var ids = Family(pid).Select(member => member.ToString(CultureInfo.InvariantCulture));
        using var kill = Process.Start("kill", [pause ? "-STOP" : "-CONT", .. ids]);
        kill.WaitForExit();
    }

    private static long Ticks(int pid) =>
        Fields(pid) is { } fields ? fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) : 0;

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

    /// <summary>
    /// Returns the fields of <c>stat</c> from the third on (state, parent, …), or <c>null</c> if the process has ended.
    /// </summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            // The second field is the name in parentheses, which may contain any character.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
