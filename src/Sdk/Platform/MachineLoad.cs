using System.Globalization;
using System.Text;

namespace TelemetryKit.Platform;

/// <summary>Determines whether something that takes long may only wait for its turn.</summary>
internal static class MachineLoad
{
    private const int TasksPerProcessor = 4;

    /// <summary>
    /// Returns whether far more tasks than processors exist, now or in the last minute, so that every one of them is slow. Always false if
    /// the system is not Linux.
    /// </summary>
    public static bool IsHigh() => IsHigh(PrivateFiles.TryReadKernelFile("/proc/loadavg"), Environment.ProcessorCount);

    /// <param name="averages">
    /// The averages of one, five and fifteen minutes, the numbers of runnable and of all tasks, and the last process, as in
    /// <c>0.20 0.18 0.12 1/80 11206</c>; null if they are not known.
    /// </param>
    /// <param name="processors">The number of processors.</param>
    internal static bool IsHigh(byte[]? averages, int processors)
    {
        var fields = averages is null ? [] : Encoding.ASCII.GetString(averages).Split(' ', '/');
        return fields.Length > 4 && (IsMany(fields[0]) || IsMany(fields[3]));

        bool IsMany(string number) =>
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var tasks)
            && tasks > processors * TasksPerProcessor;
    }
}
