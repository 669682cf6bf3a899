using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TelemetryKit.Platform;

/// <summary>The terminal at which a person may be asked. Loaded only if the question is about to be asked.</summary>
internal static class Terminal
{
    private const int PollMs = 50;

    private static bool IsUnix => Path.DirectorySeparatorChar == '/';

    /// <summary>Whether the process may read from its terminal. One that was started with <c>&amp;</c> would be stopped.</summary>
    public static bool IsForeground
    {
        get
        {
            if (!IsUnix)
                return true;
            try
            {
                return ForegroundGroup(0) == OwnGroup();
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Reads a line. Returns null if none is typed in time or the input ends. Not a byte more is read: what follows belongs to the tool.
    /// </summary>
    public static string? ReadLine(TimeSpan timeout) => IsUnix ? ReadUnixLine(timeout) : ReadConsoleLine(timeout);

    private static string? ReadUnixLine(TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        var line = new List<byte>();
        var next = new byte[1];
        while (IsReadable(timeout - watch.Elapsed))
        {
            // The terminal itself lets the user edit the line, and hands it over when it is complete.
            if (Read(0, next, 1) <= 0)
                return null;
            if (next[0] == '\n')
                return Encoding.UTF8.GetString(line.ToArray());
            line.Add(next[0]);
        }

        return null;
    }

    private static bool IsReadable(TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < timeout)
        {
            var descriptors = new byte[128];
            descriptors[0] = 1;
            var wait = new TimeValue { Microseconds = PollMs * 1000 };
            if (Select(1, descriptors, 0, 0, ref wait) == 1)
                return true;
        }

        return false;
    }

    /// <summary>Waits for the first key only: a console can't be asked for a complete line.</summary>
    private static string? ReadConsoleLine(TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        while (!Console.KeyAvailable)
        {
            if (watch.Elapsed > timeout)
                return null;
            Thread.Sleep(PollMs);
        }

        return Console.In.ReadLine();
    }

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    private static extern int ForegroundGroup(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp")]
    private static extern int OwnGroup();

    [DllImport("libc", EntryPoint = "select")]
    private static extern int Select(int count, [In, Out] byte[] read, nint write, nint except, ref TimeValue timeout);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int descriptor, [In, Out] byte[] buffer, nint count);

    private struct TimeValue
    {
        public nint Seconds;
        public nint Microseconds;
    }
}
