using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;

#pragma warning disable CA1031 // Disks and networks fail: the tool must not be affected, and the erasure waits.

namespace TelemetryKit.Pipeline;

/// <summary>Sends the erasures that wait. A failure is remembered across runs, like that of a batch.</summary>
internal sealed class ErasureQueue(
    string folder, ErasureFiles files, RetryState retry, IErasureSender sender, OptionValues options, VerboseLog log)
{
    /// <summary>
    /// The number of failed attempts after which events no longer wait for the erasure: then its address is wrong rather than the network
    /// down.
    /// </summary>
    private const int MostHoldingBack = 5;

    /// <summary>The longest attempt to send events that any process makes: a detached sender has ten seconds.</summary>
    private TimeSpan LongestRequest => TimeSpan.FromSeconds(Math.Max(options.Timeout.TotalSeconds, 10) + 1);

    private Random? _random;

    /// <summary>Creates the queue of a tool; null if there is no home directory or no backend that erases.</summary>
    public static ErasureQueue? Create(OptionValues options, Host host, VerboseLog log)
    {
        // Without all options the server is not known.
        if (options.Fault is not null || ServicePaths.Root(options, host) is not { } root)
            return null;
        var folder = ServicePaths.Service(root, options.ServiceName);
        // Not in debug mode either: nothing is sent then, not even an erasure that the user asked for.
        foreach (var backend in BackendSelection.Select(options, host, Switches.Read(host, options.ServiceName), log))
        {
            if (backend is IErasureSender sender)
            {
                var retry = new RetryState(Path.Combine(folder, "erase-retry"), host.Clock, Backoff.LongestRequested);
                return new(folder, new(folder), retry, sender, options, log);
            }
        }

        return null;
    }

    /// <summary>Whether an attempt failed so recently that an exit should not wait for another one.</summary>
    public bool FailedRecently => retry.FailedRecently;

    public ErasureFiles Files => files;

    /// <summary>When the next attempt may be made.</summary>
    public DateTimeOffset NotBefore => retry.NotBefore;

    /// <summary>
    /// Sends what waits, unless the last attempt failed too recently. Returns whether events may be sent: they come after an erasure.
    /// </summary>
    public async Task<bool> SendDue(DateTimeOffset now)
    {
        if (!files.AnyPending)
            return true;
        if (retry.NotBefore <= now)
            await Send(new()).ConfigureAwait(false);
        return !files.AnyPending || retry.Failures >= MostHoldingBack;
    }

    /// <summary>Sends what waits now, because the user asks, and reads and verifies all receipts.</summary>
    public async Task<ErasureReport> Report()
    {
        var report = new ErasureReport();
        await Send(report).ConfigureAwait(false);
        var receipts = await Receipts().ConfigureAwait(false);
        var keys = receipts.Count == 0 ? null : await Try(sender.Keys, "the keys of receipts").ConfigureAwait(false);
        foreach (var receipt in receipts)
            report.Receipts.Add((receipt, keys is null ? null : ReceiptSignature.IsValid(receipt, keys)));
        report.Waiting = files.Pending().Count;
        return report;
    }

    private async Task Send(ErasureReport report)
    {
        foreach (var request in files.Pending())
        {
            // Events that arrive after the request would be those of a new installation.
            await Installation.WaitForSenders(folder, request.Secret, LongestRequest).ConfigureAwait(false);
            var response = await Try(
                async cancelled => (ErasureResponse?)await sender.Erase(request, cancelled).ConfigureAwait(false), "an erasure")
                .ConfigureAwait(false);
            if (response is not null)
                log.Write("an erasure: " + response.Detail);
            if (response?.Receipt is { } receipt)
            {
                Store(() => files.Accepted(request, receipt));
            }
            else if (response is { IsRefused: true })
            {
                report.Refused.Add(response.Detail);
                Store(() => files.Refused(request));
            }
            else
            {
                report.Waits = response?.Detail ?? "it cannot be reached";
                retry.Failed(NextDelay(response?.RetryAfter));
                return;
            }

            retry.Succeeded();
        }
    }

    /// <summary>Returns all receipts, those that were not done as they are now.</summary>
    private async Task<List<ErasureReceipt>> Receipts()
    {
        var receipts = files.Receipts();
        for (var i = 0; i < receipts.Count; i++)
        {
            var id = receipts[i].Id;
            if (receipts[i].DoneAt is not null
                || await Try(cancelled => sender.Receipt(id, cancelled), "a receipt").ConfigureAwait(false) is not { } current
                || current.Id != id)
                continue;
            receipts[i] = current;
            Store(() => files.Keep(current));
        }

        return receipts;
    }

    private TimeSpan NextDelay(TimeSpan? requested)
    {
        var random = (_random ??= new()).NextDouble();
        var own = Backoff.Delay(retry.Failures + 1, options.RetryMinDelay, options.RetryMaxDelay, random);
        return requested is { } delay && Backoff.Requested(delay, random) is var longer && longer > own ? longer : own;
    }

    private async Task<T?> Try<T>(Func<CancellationToken, Task<T?>> send, string what)
        where T : class
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout);
            return await send(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.Write(what + " could not be exchanged with the server: " + e.GetType().Name);
            return null;
        }
    }

    private void Store(Action store)
    {
        try
        {
            store();
        }
        catch (Exception e)
        {
            // It is sent again, which erases nothing more.
            log.Write("the erasure cannot be stored: " + e.GetType().Name);
        }
    }
}

/// <summary>What became of the erasures that a user asked for.</summary>
internal sealed class ErasureReport
{
    /// <summary>The receipts, and whether their signature is valid; null if that is unknown, because the keys could not be read.</summary>
    public readonly List<(ErasureReceipt Receipt, bool? IsValid)> Receipts = [];

    /// <summary>Why the server refused requests.</summary>
    public readonly List<string> Refused = [];

    /// <summary>The number of requests that wait.</summary>
    public int Waiting;

    /// <summary>Why they wait.</summary>
    public string Waits = "";
}
