using System.Globalization;
using TelemetryKit.Consent;

namespace TelemetryKit;

/// <summary>
/// A ready-made command <c>telemetry on|off|status|show|delete</c> for a tool: call <see cref="TryRun"/> before parsing the arguments, or
/// <see cref="Run"/> from the tool's own command.
/// </summary>
public static class TelemetryCommands
{
    /// <summary>Runs the command if the arguments are <c>telemetry …</c>. Returns false for other arguments.</summary>
    public static bool TryRun(string[] args, TelemetryKitClient client, out int exitCode, TextWriter? output = null)
    {
        exitCode = 0;
        if (args is null || args.Length == 0 || args[0] != TelemetryConsent.CommandName)
            return false;
        exitCode = Run(args.Length > 1 ? args[1] : "status", client, output);
        return true;
    }

    /// <summary>Runs a subcommand and returns the exit code.</summary>
    /// <param name="subcommand">One of <c>on</c>, <c>off</c>, <c>status</c>, <c>show</c> and <c>delete</c>.</param>
    /// <param name="client">The client whose consent the command manages.</param>
    /// <param name="output">Where the command writes to; by default standard output.</param>
    /// <returns>0, 1 if the subcommand failed, or 2 if there is no such subcommand.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    public static int Run(string subcommand, TelemetryKitClient client, TextWriter? output = null)
    {
        if (client is null)
            throw new ArgumentNullException(nameof(client));
        output ??= Console.Out;
        switch (subcommand)
        {
            case "on":
                return Changed(client.Consent.Grant(), ConsentState.Granted, client, output);
            case "off":
                return Changed(client.Consent.Deny(), ConsentState.Denied, client, output);
            case "status":
                Status(client, output);
                Erasures(client, output);
                return 0;
            case "show":
                output.WriteLine(client.Consent.ShowSample());
                return 0;
            case "delete":
                return Delete(client, output);
            default:
                output.WriteLine("telemetry on      allow anonymous usage data");
                output.WriteLine("telemetry off     forbid it, and delete data that is waiting to be sent");
                output.WriteLine("telemetry status  show the current decision and the amount of waiting data");
                output.WriteLine("telemetry show    show an example of exactly what is sent");
                output.WriteLine("telemetry delete  delete waiting data, forget the anonymous id, and have the server erase its data");
                return subcommand is "help" or "--help" or "-h" or "-?" ? 0 : 2;
        }
    }

    /// <summary>Shows the state after a change, and why the change failed if it did.</summary>
    private static int Changed(bool succeeded, ConsentState wanted, TelemetryKitClient client, TextWriter output)
    {
        var consent = client.Consent;
        Status(client, output);
        if (succeeded)
            return 0;
        if (consent.State == wanted)
            output.WriteLine("The decision could not be stored. It applies to this run only.");
        else if (consent.Reason == ConsentRecord.Unreadable)
            output.WriteLine("The stored decision cannot be read. Delete the file, or run \"telemetry off\" first.");
        else
            output.WriteLine("Telemetry stays off because of " + consent.Reason + ".");
        return 1;
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

    /// <summary>Erases this installation, here and on the server. What cannot be sent now waits.</summary>
    private static int Delete(TelemetryKitClient client, TextWriter output)
    {
        var oldId = client.Consent.Delete();
        if (oldId is null && client.Consent.HasId)
        {
            output.WriteLine("Waiting data was deleted. The request to erase what was sent could not be stored: the id is still in use.");
            return 1;
        }

        output.WriteLine(oldId is null
            ? "There is no id of this installation."
            : "Waiting data was deleted, and the anonymous id of this installation was forgotten.");
        Erasures(client, output);
        return 0;
    }

    /// <summary>Sends the erasures that wait, and shows the receipts.</summary>
    private static void Erasures(TelemetryKitClient client, TextWriter output)
    {
        if (client.Erasures() is not { } erasures)
            return;
        // Not on the caller's context, which may be a user interface that waits for this call.
        var (receipts, waiting) = Task.Run(async () =>
        {
            await erasures.Send().ConfigureAwait(false);
            return (await erasures.Receipts().ConfigureAwait(false), erasures.Waiting);
        }).GetAwaiter().GetResult();
        foreach (var receipt in receipts)
        {
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture, "erasure:   {0}, asked {1}, {2}", receipt.Id, receipt.AskedAt,
                receipt.DoneAt is null ? "not done yet" : $"done {receipt.DoneAt}, {receipt.EventsErased} events erased"));
        }

        if (waiting > 0)
            output.WriteLine("The server cannot be reached. The request waits, and is sent before anything else.");
    }
}
