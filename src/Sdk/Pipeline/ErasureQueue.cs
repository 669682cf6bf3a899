using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;

#pragma warning disable CA1031 // Disks and networks fail: the tool must not be affected, and the erasure waits.

namespace TelemetryKit.Pipeline;

/// <summary>Sends the erasures that wait. A failure is remembered across runs, like that of a batch.</summary>
internal sealed class ErasureQueue(ErasureFiles files, RetryState retry, IErasureSender sender, OptionValues options, VerboseLog log)
{
    /// <summary>Creates the queue of a tool; null if there is no home directory or no backend that erases.</summary>
    public static ErasureQueue? Create(OptionValues options, Host host, VerboseLog log)
    {
        if (ServicePaths.Root(options, host) is not { } root)
            return null;
        var folder = ServicePaths.Service(root, options.ServiceName);
        // Not in debug mode either: nothing is sent then, not even an erasure that the user asked for.
        foreach (var backend in BackendSelection.Select(options, host, Switches.Read(host, options.ServiceName), log))
        {
            if (backend is IErasureSender sender)
            {
                var retry = new RetryState(Path.Combine(folder, "erase-retry"), host.Clock, Backoff.LongestRequested);
                return new(new(folder), retry, sender, options, log);
            }
        }

        return null;
    }

    public int Waiting => files.Pending().Count;

    /// <summary>Sends what waits, unless the last attempt failed too recently.</summary>
    public async Task SendDue(DateTimeOffset now)
    {
        if (files.AnyPending && retry.NotBefore <= now)
            await Send().ConfigureAwait(false);
    }

    /// <summary>Sends what waits now, because the user asks. Returns the receipts.</summary>
    public async Task<List<ErasureReceipt>> Send()
    {
        var receipts = new List<ErasureReceipt>();
        foreach (var request in files.Pending())
        {
            if (await Try(cancelled => sender.Erase(request, cancelled)).ConfigureAwait(false) is not { } receipt)
            {
                retry.Failed(Backoff.Delay(retry.Failures + 1, options.RetryMaxDelay, Backoff.LongestRequested, random: 1));
                break;
            }

            retry.Succeeded();
            receipts.Add(receipt);
            Store(() => files.Accepted(request, receipt));
        }

        return receipts;
    }

    /// <summary>Returns all receipts, those that were not done as they are now.</summary>
    public async Task<List<ErasureReceipt>> Receipts()
    {
        var receipts = files.Receipts();
        for (var i = 0; i < receipts.Count; i++)
        {
            var id = receipts[i].Id;
            if (receipts[i].DoneAt is not null
                || await Try(cancelled => sender.Receipt(id, cancelled)).ConfigureAwait(false) is not { } current || current.Id != id)
                continue;
            receipts[i] = current;
            Store(() => files.Keep(current));
        }

        return receipts;
    }

    private async Task<ErasureReceipt?> Try(Func<CancellationToken, Task<ErasureReceipt?>> send)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout);
            var receipt = await send(timeout.Token).ConfigureAwait(false);
            log.Write(receipt is null ? "the erasure was not accepted, and waits" : "erasure " + receipt.Id);
            return receipt;
        }
        catch (Exception e)
        {
            log.Write("the erasure could not be sent, and waits: " + e.GetType().Name);
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
