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
    public static ProcessStartInfo Admin(this TestStore store, params IEnumerable<string> arguments) =>
        ServerProcess.StartOf(BuildOutput.Of("Api"), store.Folder, store.Environment, ["admin", .. arguments]);
}
