using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Cluster.Tests;

/// <summary>Drops packets to ports of this machine, with iptables. Disposing lets them through again.</summary>
internal sealed class Firewall : IDisposable
{
    private readonly int[] _ports;

    private Firewall(int[] ports) => _ports = ports;

    /// <summary>The reason why packets can't be dropped on this machine, or <c>null</c> if they can.</summary>
    public static string? MissingReason { get; } =
        TryRun("-L", "INPUT", "-n") ? null : "No packets can be dropped: iptables is missing, or the tests don't run as root.";

    /// <summary>Drops the packets to TCP ports.</summary>
    public static Firewall Block(params int[] ports)
    {
        var firewall = new Firewall(ports);
        foreach (var port in ports)
            Assert.True(TryRun([.. Rule("-A", port)]), $"iptables doesn't drop packets to port {port}.");
        return firewall;
    }

    public void Dispose()
    {
        foreach (var port in _ports)
            TryRun([.. Rule("-D", port)]);
    }

    private static string[] Rule(string action, int port) =>
        [action, "INPUT", "-i", "lo", "-p", "tcp", "--dport", port.ToString(CultureInfo.InvariantCulture), "-j", "DROP"];

    private static bool TryRun(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("iptables", ["-w", .. arguments]) { RedirectStandardOutput = true });
            process!.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
