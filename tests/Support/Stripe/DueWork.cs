using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Does what is due at a time: renewals, changes of schedules, ends, charges and expiries, in the order of their times.</summary>
internal sealed class DueWork(
    StripeStore store, SubscriptionEngine subscriptions, ScheduleEngine schedules, InvoiceEngine invoices, FakeStripeSettings settings)
{
    /// <summary>Returns when the next work is due, or <c>null</c> if none is.</summary>
    public long? NextDue() => Works().Select(work => (long?)work.Due).Min();

    /// <summary>Does the first work that is due at the current time. Returns whether there was one.</summary>
    public bool Step()
    {
        var due = Works().Where(work => work.Due <= store.Seconds).OrderBy(work => work.Due).ThenBy(work => work.Order).FirstOrDefault();
        due.Do?.Invoke();
        return due.Do is not null;
    }

    // Of works at the same time, a schedule comes before the end, and both come before the renewal.
    private IEnumerable<(long Due, int Order, Action? Do)> Works()
    {
        foreach (var session in store.All("checkout.session").Where(one => one.Text("status") == "open"))
            yield return (session.Number("expires_at")!.Value, 0, () => Expire(session));
        foreach (var schedule in store.All("subscription_schedule").Where(one => one.Text("status") == "active"))
            yield return (ScheduleEngine.NextDue(schedule), 1, () => schedules.Step(schedule));
        foreach (var subscription in store.All("subscription").Where(InvoiceEngine.IsAlive))
        {
            if (subscription.Number("cancel_at") is { } at)
                yield return (at, 2, () => subscriptions.End(subscription, invoiceNow: true, "cancellation_requested"));
            if (subscription.Text("status") == "incomplete")
            {
                if (subscription.Number("_expires_at") is { } expiry)
                    yield return (expiry, 2, () => subscriptions.End(subscription, invoiceNow: false, "incomplete"));
            }
            else
            {
                var end = subscription.Objects("items").Min(item => item.Number("current_period_end")!.Value);
                yield return (end, 3, () => subscriptions.Renew(subscription));
            }
        }

        foreach (var invoice in store.All("invoice"))
        {
            if (invoice.Text("status") == "draft" && invoice.Number("automatically_finalizes_at") is { } at)
                yield return (at, 4, () => invoices.FinalizeAndCharge(invoice));
            if (invoice.Text("status") != "open")
                continue;
            if (invoice.Number("next_payment_attempt") is { } attempt)
                yield return (attempt, 5, () => invoices.Charge(invoice));
            if (invoice.Number("_gives_up_at") is { } end)
                yield return (end, 6, () => GiveUp(invoice));
        }
    }

    private void GiveUp(JsonObject invoice)
    {
        invoice["next_payment_attempt"] = null;
        invoice.Remove("_gives_up_at");
        var subscription = store.Find(InvoiceEngine.SubscriptionOf(invoice))!;
        if (subscription.Text("status") != "past_due")
            return;
        if (settings.GiveUp == FakeGiveUp.Cancel)
        {
            subscriptions.End(subscription, invoiceNow: false, "payment_failed");
            return;
        }

        subscription["status"] = "unpaid";
        store.Emit("customer.subscription.updated", subscription);
    }

    /// <summary>Expires an open Checkout page.</summary>
    public void Expire(JsonObject session)
    {
        session["status"] = "expired";
        session["url"] = null;
        store.Emit("checkout.session.expired", session);
    }
}
