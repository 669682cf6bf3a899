using HelloCli;
using TelemetryKit;

await using var telemetry = TelemetryKitClient.Create("hello", "tk_test_00000000000000000000000000000000");

// hello telemetry on|off|status|show|delete
if (TelemetryCommands.TryRun(args, telemetry, out var telemetryExit))
    return telemetryExit;

var name = args.Length > 0 ? args[0] : "help";
// An unknown command is the user's own input, so it is not recorded.
using var command = telemetry.TrackCommand(Commands.Exists(name) ? name : "(unknown)");
try
{
    var exitCode = Commands.Run(name, args, telemetry);
    command.Exited(exitCode);
    return exitCode;
}
catch (Exception e)
{
    command.Failed(e);
    telemetry.TrackError(e);
    Console.Error.WriteLine(e.Message);
    return 70;
}
