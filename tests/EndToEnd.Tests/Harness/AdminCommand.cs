using System.Diagnostics;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>The commands <c>TelemetryKit.Api admin …</c> as processes, with the settings of a store.</summary>
internal static class AdminCommand
{
    /// <summary>Runs a command until it ends.</summary>
    public static Task<ToolResult> AdminAsync(this TestStore store, params IEnumerable<string> arguments) =>
        ToolResult.OfAsync(store.Admin(arguments)).WaitAsync(ServerExtensions.Timeout);

    /// <summary>A command that isn't started yet.</summary>
    public static ProcessStartInfo Admin(this TestStore store, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("Api"), "admin", .. arguments]) { WorkingDirectory = store.Folder };
        foreach (var (name, value) in store.Environment)
            start.Environment[name] = value;
        return start;
    }
}
