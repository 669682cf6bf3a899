using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Accepts mails that are to be sent. They are in the store by then, and are sent whatever becomes of the process.</summary>
internal sealed class Outbox(IAccountStore store, MailDelivery delivery, TelemetryKitMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// Stores a mail and lets it be sent. Not cancelled with the request, which has done by then what the mail is about. If too many mails
    /// of its kind wait for its address already, nothing is stored, and the caller can't see the difference: a stranger could ask.
    /// </summary>
    public async Task AddAsync(MailOrder order)
    {
        if (await store.Mails.AddAsync(ToWaitingMail(order), CancellationToken.None))
            delivery.Wake();
        else
            metrics.MailGivenUp(MailOutcomes.AddressFull);
    }

    /// <summary>
    /// Stores the mail of a notice and claims the notice with it. False if the notice is claimed, was sent, or too many mails of its kind
    /// wait for the address.
    /// </summary>
    public async Task<bool> TryAddAsync(MailOrder order, Notice notice, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var isAdded = await store.Notices.TryQueueAsync(notice, ToWaitingMail(order), until, cancellationToken);
        if (isAdded)
            delivery.Wake();
        return isAdded;
    }

    private WaitingMail ToWaitingMail(MailOrder order)
    {
        var now = time.GetUtcNow();
        return new WaitingMail
        {
            Id = Guid.CreateVersion7(now), Kind = order.Kind, To = order.To, Data = order.Data,
            CreatedAt = now, ExpiresAt = now + order.Age,
        };
    }
}
