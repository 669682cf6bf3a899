using System.Globalization;
using System.Text;
using TelemetryKit.Client;
using TelemetryKit.Consent;
using TelemetryKit.Json;

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
        using var safe = new CommandOutput(output ?? Console.Out);
        var exitCode = Execute(subcommand, client, safe);
        // What was decided is stored, and its code says so. Of the others, the output is all there is.
        return exitCode == 0 && safe.HasFailed && subcommand is not ("on" or "off" or "delete") ? 1 : exitCode;
    }

    private static int Execute(string subcommand, TelemetryKitClient client, TextWriter output)
    {
        client.IsCommand = true;
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
                Show(client, output);
                return 0;
            case "delete":
                return Delete(client, output);
            default:
                output.WriteLine("telemetry on      allow anonymous usage data");
                output.WriteLine("telemetry off     forbid it, and delete data that is waiting to be sent");
                output.WriteLine("telemetry status  show the current decision and the amount of waiting data");
                output.WriteLine("telemetry show    show what is sent, what waits, and what was sent in the last 30 days");
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
        Fault(client, output);
        output.WriteLine("telemetry: " + state + (consent.Reason.Length == 0 ? "" : " (" + consent.Reason + ")"));
        if (consent.DecidingPath is { } path)
            output.WriteLine("decision:  " + path);
        var (events, bytes) = (0, 0L);
        foreach (var (_, batch) in client.Stored().Waiting)
        {
            events += batch.Count;
            bytes += batch.ToJson(client.UtcNow).Length;
        }

        output.WriteLine(string.Format(CultureInfo.InvariantCulture, "waiting:   {0} events, {1} bytes", events, bytes));
    }

    private static void Fault(TelemetryKitClient client, TextWriter output)
    {
        if (client.Fault is { } fault)
            output.WriteLine("This version of the tool records and sends nothing: " + fault + ".");
    }

    /// <summary>Shows an example of what is sent, what waits exactly as it will be sent, and the ledger.</summary>
    private static void Show(TelemetryKitClient client, TextWriter output)
    {
        output.WriteLine("An example of what is sent:");
        output.WriteLine(client.Consent.ShowSample());
        var stored = client.Stored();
        output.WriteLine();
        if (stored.Waiting.Count == 0)
            output.WriteLine("Nothing waits to be sent.");
        foreach (var (backend, batch) in stored.Waiting)
        {
            output.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} events wait to be sent ({1}):", batch.Count, backend));
            output.WriteLine(JsonIndenter.Indent(Encoding.UTF8.GetString(batch.ToJson(client.UtcNow))));
        }

        foreach (var erasure in stored.Erasures)
            output.WriteLine("A request to erase what was sent waits, asked " + Time(erasure.AskedAt) + ".");
        output.WriteLine();
        output.WriteLine(stored.Sent.Count == 0 ? "Nothing was sent in the last 30 days." : "Events that were sent in the last 30 days:");
        foreach (var (backend, entry) in stored.Sent)
        {
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture, "{0:yyyy-MM-dd}  {1,7}  {2} ({3})", entry.Day, entry.Events, entry.Type, backend));
        }
    }

    /// <summary>Erases this installation, here and on the server. What cannot be sent now waits.</summary>
    private static int Delete(TelemetryKitClient client, TextWriter output)
    {
        Fault(client, output);
        var oldId = client.Consent.Delete();
        if (oldId is null && client.Consent.HasId)
        {
            output.WriteLine("Waiting data was deleted. The request to erase what was sent could not be stored: the id is still in use.");
            return 1;
        }

        output.WriteLine(oldId is null
            ? "There is no id of this installation."
            : "Waiting data was deleted, and the anonymous id of this installation was forgotten.");
        var succeeded = Erasures(client, output);
        foreach (var name in client.BackendsWithoutErasure())
            output.WriteLine("What was sent to " + name + " is not erased by this command. Only the tool's author can do that.");
        return succeeded ? 0 : 1;
    }

    /// <summary>Sends the erasures that wait, and shows the receipts. Returns false if one was refused or a receipt is not valid.</summary>
    private static bool Erasures(TelemetryKitClient client, TextWriter output)
    {
        if (client.Erasures() is not { } erasures)
        {
            if (client.Stored().Erasures.Count > 0)
            {
                output.WriteLine("No server was asked to erase what was sent, because " + client.WhyNoErasures + ".");
                output.WriteLine("The request waits for a run that can ask the server.");
            }

            return true;
        }

        // Not on the caller's context, which may be a user interface that waits for this call.
        var report = Task.Run(erasures.Report).GetAwaiter().GetResult();
        var succeeded = report.Refused.Count == 0;
        foreach (var (receipt, isValid) in report.Receipts)
        {
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture, "erasure:   {0}, asked {1}, {2}", receipt.Id, receipt.AskedAt,
                receipt.DoneAt is null ? "not done yet" : $"done {receipt.DoneAt}, {receipt.EventsErased} events erased"));
            output.WriteLine("           project " + receipt.Project + ", key " + receipt.KeyId);
            output.WriteLine("           signature " + receipt.Signature);
            output.WriteLine(isValid switch
            {
                true => "           The receipt is signed by the server.",
                false => "           The signature of the receipt is NOT VALID. It proves nothing.",
                null => "           The signature could not be verified, because the server's keys could not be read.",
            });
            succeeded &= isValid != false;
        }

        if (report.Receipts.Count > 0)
            output.WriteLine("receipts:  " + erasures.Files.ReceiptsPath);
        foreach (var reason in report.Refused)
            output.WriteLine("The server refused the request to erase: " + reason);
        if (report.Refused.Count > 0)
            output.WriteLine("The proof is kept in " + erasures.Files.RefusedPath + ", and \"telemetry delete\" asks again.");
        if (report.Waiting > 0)
        {
            output.WriteLine("The server has not accepted the request: " + report.Waits + ".");
            output.WriteLine("The request waits, and is sent before anything else.");
        }

        return succeeded;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
