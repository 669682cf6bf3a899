using System.CommandLine;

namespace TelemetryKit.CommandLine;

/// <summary>
/// The command <c>mytool telemetry on|off|status|show|delete</c>: <c>rootCommand.Add(new TelemetryCommand(telemetry));</c>
/// Without a word it says the status. Running it is never recorded.
/// </summary>
#pragma warning disable CA1010 // A command is enumerable only so that it can be written with an initialiser.
public sealed class TelemetryCommand : Command
#pragma warning restore CA1010
{
    /// <summary>Creates the command for a client.</summary>
    /// <param name="telemetry">The client whose user decides.</param>
    /// <param name="name">The command's name.</param>
    public TelemetryCommand(TelemetryKitClient telemetry, string name = "telemetry")
        : base(name, "Allow, forbid or look at anonymous usage data.")
    {
        if (telemetry is null)
            throw new ArgumentNullException(nameof(telemetry));
        AddWord(telemetry, "on", "Allow anonymous usage data.");
        AddWord(telemetry, "off", "Forbid it, and delete what waits to be sent.");
        AddWord(telemetry, "status", "Say what is allowed, and what waits to be sent.");
        AddWord(telemetry, "show", "Show an example of exactly what is sent.");
        AddWord(telemetry, "delete", "Delete what waits to be sent, and become somebody new.");
        SetAction(result => Run(telemetry, "status", result));
    }

    private void AddWord(TelemetryKitClient telemetry, string word, string description)
    {
        var command = new Command(word, description);
        command.SetAction(result => Run(telemetry, word, result));
        Add(command);
    }

    private static int Run(TelemetryKitClient telemetry, string word, ParseResult result) =>
        TelemetryCommands.Run(word, telemetry, result.InvocationConfiguration.Output);
}
