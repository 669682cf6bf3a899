using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Accepts mails and stores them, so that they are sent even if the process fails.</summary>
internal sealed class Outbox(IAccountStore store, MailDelivery delivery, TelemetryKitMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// Returns a mail for a change of the store that stores it in its own transaction, so that neither exists without the other. Call
    /// <see cref="Wake"/> afterwards.
    /// </summary>
    public WaitingMail Prepare(MailOrder order) => order.At(time.GetUtcNow());

    /// <summary>Sends the mails that changes of the store have added.</summary>
    public void Wake() => delivery.Wake();

    /// <summary>
    /// Stores a mail. It is not cancelled with the request, whose action is already done. If too many mails of its kind wait for its
    /// address, nothing is stored, and the caller can't see the difference, because clients could use it to learn about an address.
    /// </summary>
    public async Task AddAsync(MailOrder order)
    {
        if (await store.Mails.AddAsync(Prepare(order), CancellationToken.None))
            delivery.Wake();
        else
            metrics.MailGivenUp(MailOutcomes.AddressFull);
    }

    /// <summary>
    /// Leases a notice and stores its mail. Returns <c>false</c> if the notice is leased or was sent, or if too many mails of its kind wait
    /// for the address.
    /// </summary>
    public async Task<bool> TryAddAsync(MailOrder order, Notice notice, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var isAdded = await store.Notices.TryQueueAsync(notice, Prepare(order), until, cancellationToken);
        if (isAdded)
            delivery.Wake();
        return isAdded;
    }
}
