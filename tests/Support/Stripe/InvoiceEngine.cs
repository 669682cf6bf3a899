using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Creates, finalizes and charges invoices, and repeats failed charges.</summary>
internal sealed class InvoiceEngine(StripeStore store, MeterBook meters, FakeStripeSettings settings)
{
    private int _number;

    /// <summary>Whether a subscription can still be charged.</summary>
    public static bool IsAlive(JsonObject subscription) =>
        subscription.Text("status") is "active" or "past_due" or "trialing" or "unpaid" or "incomplete" or "paused";

    /// <summary>Returns what is on the next invoice of a subscription besides its periods.</summary>
    public static List<InvoiceLine> Pending(JsonObject subscription) =>
        subscription["_pending"] is JsonArray array ? [.. array.Select(one => one!.GetValue<InvoiceLine>())] : [];

    /// <summary>Adds lines to the next invoice.</summary>
    public static void AddPending(JsonObject subscription, IEnumerable<InvoiceLine> lines)
    {
        if (subscription["_pending"] is not JsonArray array)
            subscription["_pending"] = array = [];
        foreach (var line in lines)
            array.Add(JsonValue.Create(line));
    }

    /// <summary>Returns what a customer would have to pay: the lines less the credit.</summary>
    public long Due(JsonObject subscription, IEnumerable<InvoiceLine> lines) =>
        Math.Max(0, lines.Sum(line => line.Cents) + (store.Find(subscription.Text("customer"))?.Number("balance") ?? 0));

    /// <summary>Returns the shape of an invoice without adding it.</summary>
    public JsonObject Shape(JsonObject subscription, string reason, IReadOnlyCollection<InvoiceLine> lines)
    {
        var invoice = Shapes.New("invoice");
        var id = store.NewId("in");
        invoice["id"] = id;
        invoice["created"] = store.Seconds;
        invoice["customer"] = subscription.Text("customer");
        invoice["customer_email"] = store.Find(subscription.Text("customer"))?.Text("email");
        invoice["billing_reason"] = reason;
        invoice["auto_advance"] = true;
        invoice["period_start"] = lines.Count == 0 ? store.Seconds : lines.Min(line => line.From);
        invoice["period_end"] = store.Seconds;
        invoice["parent"] = new JsonObject
        {
            ["type"] = "subscription_details", ["quote_details"] = null,
            ["subscription_details"] = new JsonObject
            {
                ["metadata"] = subscription["metadata"]?.DeepClone(), ["subscription"] = subscription.Text("id"),
            },
        };
        invoice["lines"] = new JsonObject
        {
            ["object"] = "list", ["has_more"] = false, ["url"] = $"/v1/invoices/{id}/lines",
            ["data"] = new JsonArray([.. lines.Select(line => line.Render(store.NewId("il"), id, subscription.Text("id")!))]),
        };
        Total(invoice);
        return invoice;
    }

    /// <summary>Creates an invoice of a subscription. Returns <c>null</c> if there is nothing on it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="reason">Why, such as <c>subscription_cycle</c>.</param>
    /// <param name="lines">The lines. Those that wait for the next invoice are added.</param>
    /// <param name="isDraft">Whether it is finalized an hour later, so that late reports of the meter are on it.</param>
    public JsonObject? Create(JsonObject subscription, string reason, IEnumerable<InvoiceLine> lines, bool isDraft)
    {
        var all = Pending(subscription).Concat(lines).ToList();
        subscription.Remove("_pending");
        if (all.Count == 0)
            return null;
        var invoice = Shape(subscription, reason, all);
        store.Add(invoice);
        subscription["latest_invoice"] = invoice.Text("id");
        store.Emit("invoice.created", invoice);
        if (isDraft)
            invoice["automatically_finalizes_at"] = store.Seconds + (long)settings.DraftTime.TotalSeconds;
        else
            FinalizeAndCharge(invoice);
        return invoice;
    }

    /// <summary>Finalizes an invoice and charges the card.</summary>
    public void FinalizeAndCharge(JsonObject invoice)
    {
        CountUsage(invoice);
        var customer = store.Find(invoice.Text("customer"))!;
        var balance = customer.Number("balance") ?? 0;
        var due = invoice.Number("total")!.Value + balance;
        invoice["starting_balance"] = balance;
        customer["balance"] = Math.Min(0, due);
        invoice["ending_balance"] = Math.Min(0, due);
        invoice["amount_due"] = Math.Max(0, due);
        invoice["amount_remaining"] = Math.Max(0, due);
        invoice["status"] = "open";
        invoice["number"] = $"FAKE-{++_number:D4}";
        invoice["automatically_finalizes_at"] = null;
        invoice["effective_at"] = store.Seconds;
        invoice["hosted_invoice_url"] = $"https://invoice.stripe.test/i/{invoice.Text("id")}";
        invoice["invoice_pdf"] = $"https://invoice.stripe.test/i/{invoice.Text("id")}/pdf";
        invoice["status_transitions"]!["finalized_at"] = store.Seconds;
        store.Emit("invoice.finalized", invoice);
        Charge(invoice);
    }

    /// <summary>Charges the card for an open invoice. Returns whether it is paid.</summary>
    public bool Charge(JsonObject invoice)
    {
        var subscription = store.Find(SubscriptionOf(invoice))!;
        invoice["attempted"] = true;
        var isFirst = invoice.Text("billing_reason") == "subscription_create";
        if (invoice.Number("amount_due") > 0 && !Succeeds(subscription, isFirst))
        {
            Fail(invoice, subscription);
            return false;
        }

        invoice["status"] = "paid";
        invoice["amount_paid"] = invoice.Number("amount_due");
        invoice["amount_remaining"] = 0;
        invoice["next_payment_attempt"] = null;
        invoice.Remove("_gives_up_at");
        invoice["status_transitions"]!["paid_at"] = store.Seconds;
        if (invoice.Number("amount_due") > 0)
            AddCharge(invoice);
        store.Emit("invoice.paid", invoice);
        if (subscription.Text("status") is "past_due" or "unpaid" or "incomplete" && !Open(subscription).Any())
        {
            subscription["status"] = "active";
            store.Emit("customer.subscription.updated", subscription);
        }

        return true;
    }

    /// <summary>Whether the card of a subscription can be charged.</summary>
    public bool Succeeds(JsonObject subscription, bool isFirst) => MethodOf(subscription)?.Text("_card") switch
    {
        nameof(FakeCard.Good) => true,
        nameof(FakeCard.FailsLater) => isFirst,
        _ => false,
    };

    /// <summary>Returns the open invoices of a subscription.</summary>
    public IEnumerable<JsonObject> Open(JsonObject subscription) => store.All("invoice")
        .Where(invoice => invoice.Text("status") == "open" && SubscriptionOf(invoice) == subscription.Text("id"));

    /// <summary>Returns the id of the subscription of an invoice.</summary>
    public static string SubscriptionOf(JsonObject invoice) =>
        invoice["parent"]!["subscription_details"]!["subscription"]!.ToString();

    /// <summary>Returns the card that is charged, or <c>null</c> if there is none.</summary>
    public JsonObject? MethodOf(JsonObject subscription) =>
        store.Find(subscription.Text("default_payment_method"))
        ?? store.Find(store.Find(subscription.Text("customer"))?.Object("invoice_settings")?.Text("default_payment_method"));

    private void Fail(JsonObject invoice, JsonObject subscription)
    {
        invoice["attempt_count"] = (invoice.Number("attempt_count") ?? 0) + 1;
        var first = invoice.Number("_first_failure") ?? store.Seconds;
        invoice["_first_failure"] = first;
        var attempts = (int)invoice.Number("attempt_count")!.Value;
        invoice["next_payment_attempt"] = attempts <= settings.RetryAfter.Count
            ? first + (long)settings.RetryAfter[attempts - 1].TotalSeconds : null;
        invoice["_gives_up_at"] = first + (long)settings.GiveUpAfter.TotalSeconds;
        store.Emit("invoice.payment_failed", invoice);
        if (subscription.Text("status") is not ("active" or "trialing"))
            return;
        subscription["status"] = "past_due";
        store.Emit("customer.subscription.updated", subscription);
    }

    private void AddCharge(JsonObject invoice)
    {
        var charge = store.Add("charge", "ch");
        charge["amount"] = invoice.Number("amount_due");
        charge["amount_captured"] = invoice.Number("amount_due");
        charge["captured"] = true;
        charge["currency"] = "usd";
        charge["customer"] = invoice.Text("customer");
        charge["_invoice"] = invoice.Text("id");
    }

    // What was reported since the draft was created is on the invoice, too.
    private void CountUsage(JsonObject invoice)
    {
        foreach (var line in invoice.Objects("lines").Where(line => line.Flag("_usage")))
        {
            var price = store.Find(line["pricing"]!["price_details"]!["price"]!.ToString())!;
            var period = line.Object("period")!;
            var quantity = meters.Sum(
                price.Object("recurring")!.Text("meter"), invoice.Text("customer")!, period.Number("start")!.Value,
                period.Number("end")!.Value);
            var cents = InvoiceLine.Metered("", price, quantity, 0, 0).Cents;
            line["quantity"] = quantity;
            line["amount"] = cents;
            line["subtotal"] = cents;
        }

        Total(invoice);
    }

    private static void Total(JsonObject invoice)
    {
        var total = invoice.Objects("lines").Sum(line => line.Number("amount")!.Value);
        foreach (var name in (string[])["subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"])
            invoice[name] = total;
        invoice["amount_due"] = Math.Max(0, total);
        invoice["amount_remaining"] = Math.Max(0, total);
    }
}
