using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>Runs code that may not look into folders that are closed, also if the tests are run by an administrator.</summary>
internal static class Unprivileged
{
    private const int Nobody = 65534;

    public static void Run(Action action)
    {
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            // Linux has a user for the access to files for each thread, which the threads that it starts inherit.
            if (Environment.IsPrivilegedProcess)
                _ = SetFileUser(Nobody);
            try
            {
                action();
            }
            catch (Exception e)
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
    }

#pragma warning disable CA1416 // Not called on Windows, where closed folders are a matter of access lists.
    /// <summary>Lets all users look into a folder.</summary>
    public static void Open(string folder) => File.SetUnixFileMode(
        folder,
        File.GetUnixFileMode(folder) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute);

    /// <summary>Closes a folder to all users until the result is disposed.</summary>
    public static IDisposable Close(string folder)
    {
        var mode = File.GetUnixFileMode(folder);
        File.SetUnixFileMode(folder, UnixFileMode.None);
        return new Opening(folder, mode);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(int user);

    private sealed class Opening(string folder, UnixFileMode mode) : IDisposable
    {
        public void Dispose() => File.SetUnixFileMode(folder, mode);
    }
#pragma warning restore CA1416
}
