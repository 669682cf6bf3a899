using System.CommandLine;

namespace TelemetryKit.CommandLine;

/// <summary>
/// The command <c>mytool telemetry on|off|status|show|delete</c>: <c>rootCommand.Add(new TelemetryCommand(telemetry));</c>
/// Without a subcommand it shows the status. It is never recorded itself.
/// </summary>
#pragma warning disable CA1010 // Commands are enumerable only to support collection initializers.
public sealed class TelemetryCommand : Command
#pragma warning restore CA1010
{
    /// <summary>Creates the command.</summary>
    /// <param name="telemetry">The client whose consent the command manages.</param>
    /// <param name="name">The command's name.</param>
    /// <exception cref="ArgumentNullException"><paramref name="telemetry"/> is null.</exception>
    public TelemetryCommand(TelemetryKitClient telemetry, string name = "telemetry")
        : base(name, "Allow, forbid or show anonymous usage data.")
    {
        if (telemetry is null)
            throw new ArgumentNullException(nameof(telemetry));
        AddSubcommand(telemetry, "on", "Allow anonymous usage data.");
        AddSubcommand(telemetry, "off", "Forbid it, and delete data that is waiting to be sent.");
        AddSubcommand(telemetry, "status", "Show the current decision and the amount of waiting data.");
        AddSubcommand(telemetry, "show", "Show what is sent, what waits, and what was sent in the last 30 days.");
        AddSubcommand(telemetry, "delete", "Delete waiting data, forget the anonymous id, and have the server erase its data.");
        SetAction(result => Run(telemetry, "status", result));
    }

    private void AddSubcommand(TelemetryKitClient telemetry, string name, string description)
    {
        var command = new Command(name, description);
        command.SetAction(result => Run(telemetry, name, result));
        Add(command);
    }

    private static int Run(TelemetryKitClient telemetry, string subcommand, ParseResult result) =>
        TelemetryCommands.Run(subcommand, telemetry, result.InvocationConfiguration.Output);
}
