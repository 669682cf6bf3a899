using System.Globalization;

namespace TelemetryKit;

/// <summary>
/// The command <c>telemetry on|off|status|show|delete</c> for a tool, ready-made: call <see cref="TryRun"/> before reading the
/// arguments, or <see cref="Run"/> from a command of one's own.
/// </summary>
public static class TelemetryCommands
{
    /// <summary>Runs the command if the arguments are <c>telemetry …</c>; false when they are something else.</summary>
    public static bool TryRun(string[] args, TelemetryKitClient client, out int exitCode, TextWriter? output = null)
    {
        exitCode = 0;
        if (args is null || args.Length == 0 || args[0] != TelemetryConsent.CommandName)
            return false;
        exitCode = Run(args.Length > 1 ? args[1] : "status", client, output);
        return true;
    }

    /// <summary>Runs one of the words. Returns 0, or 2 for a word that is none of them. Writes to standard output by default.</summary>
    public static int Run(string word, TelemetryKitClient client, TextWriter? output = null)
    {
        if (client is null)
            throw new ArgumentNullException(nameof(client));
        output ??= Console.Out;
        switch (word)
        {
            case "on":
                client.Consent.Grant();
                Status(client, output);
                return 0;
            case "off":
                client.Consent.Deny();
                Status(client, output);
                return 0;
            case "status":
                Status(client, output);
                return 0;
            case "show":
                output.WriteLine(client.Consent.ShowSample());
                return 0;
            case "delete":
                Delete(client, output);
                return 0;
            default:
                output.WriteLine("telemetry on      allow anonymous usage data");
                output.WriteLine("telemetry off     forbid it, and delete what waits to be sent");
                output.WriteLine("telemetry status  what is allowed, and what waits");
                output.WriteLine("telemetry show    an example of exactly what is sent");
                output.WriteLine("telemetry delete  delete what waits, and become somebody new");
                return 2;
        }
    }

    private static void Status(TelemetryKitClient client, TextWriter output)
    {
        var consent = client.Consent;
        var state = consent.State switch
        {
            ConsentState.Granted => "on",
            ConsentState.Denied => "off",
            _ => "off, until you allow it",
        };
        output.WriteLine("telemetry: " + state + (consent.Reason.Length == 0 ? "" : " (" + consent.Reason + ")"));
        if (consent.FilePath is { } path)
            output.WriteLine("decision:  " + path);
        var waiting = client.GetQueueStatus();
        output.WriteLine(string.Format(
            CultureInfo.InvariantCulture, "waiting:   {0} events, {1} bytes", waiting.Events, waiting.Bytes));
    }

    private static void Delete(TelemetryKitClient client, TextWriter output)
    {
        var oldId = client.Consent.Delete();
        output.WriteLine("What waited to be sent is deleted, and this installation has a new anonymous id.");
        if (oldId is not null)
            output.WriteLine("To have deleted what was sent before, give the tool's author your old id: " + oldId);
    }
}
