using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Checkout pages.</summary>
internal sealed class CheckoutRoutes(
    StripeStore store, CustomerRoutes customers, SubscriptionEngine subscriptions, InvoiceEngine invoices, DueWork work)
{
    private const string Kind = "checkout.session";
    private const long OpenSeconds = 86400;

    public void Map(StripeApi api)
    {
        api.Post("/v1/checkout/sessions", Create);
        api.Get("/v1/checkout/sessions", call => store.List(
            store.All(Kind).Where(one => one.Text("customer") == call.Parameters.Text("customer")
                && (call.Parameters.Text("status") is not { } status || one.Text("status") == status)),
            call.Parameters, "/v1/checkout/sessions"));
        api.Get("/v1/checkout/sessions/*", call => store.Render(store.Get(Kind, call.Id), call.Parameters.Texts("expand")));
        api.Post("/v1/checkout/sessions/*/expire", call =>
        {
            var session = store.Get(Kind, call.Id);
            if (session.Text("status") != "open")
                throw StripeFault.Invalid("Only Checkout Sessions with a status of open can be expired.");
            work.Expire(session);
            return store.Render(session);
        });
    }

    /// <summary>Pays a page. Returns <c>false</c> if it isn't open or the card is declined.</summary>
    public bool Pay(string id, FakeCard card)
    {
        var session = store.Get(Kind, id);
        if (session.Text("status") != "open" || card == FakeCard.Declined)
            return false;
        var customer = customers.Alive(session.Text("customer"));
        var method = AddCard(customer, card);
        var parameters = session.Object("_parameters")!;
        var data = parameters.Object("subscription_data") ?? [];
        var subscription = subscriptions.Create(customer, parameters.Objects("line_items"), method.Text("id"), data);
        var invoice = store.Find(subscription.Text("latest_invoice"));
        session["status"] = "complete";
        session["payment_status"] = invoice?.Number("amount_due") > 0 ? "paid" : "no_payment_required";
        session["subscription"] = subscription.Text("id");
        session["invoice"] = invoice?.Text("id");
        session["amount_total"] = invoice?.Number("total") ?? 0;
        session["url"] = null;
        store.Emit("checkout.session.completed", session);
        return true;
    }

    /// <summary>Adds a card to a customer.</summary>
    public JsonObject AddCard(JsonObject customer, FakeCard card)
    {
        var method = store.Add("payment_method", "pm");
        method["customer"] = customer.Text("id");
        method["_card"] = card.ToString();
        method["card"]!["last4"] = card switch { FakeCard.Good => "4242", FakeCard.Declined => "0002", _ => "0341" };
        return method;
    }

    /// <summary>Replaces the card that is charged, as the customer portal does.</summary>
    public void ChangeCard(JsonObject customer, FakeCard card, bool payOpenInvoices)
    {
        var method = AddCard(customer, card).Text("id");
        customer["invoice_settings"]!["default_payment_method"] = method;
        store.Emit("customer.updated", customer);
        foreach (var subscription in store.All("subscription").Where(one => one.Text("customer") == customer.Text("id")))
        {
            if (!InvoiceEngine.IsAlive(subscription))
                continue;
            subscription["default_payment_method"] = method;
            store.Emit("customer.subscription.updated", subscription);
            if (!payOpenInvoices)
                continue;
            foreach (var invoice in invoices.Open(subscription).ToList())
                invoices.Charge(invoice);
        }
    }

    private JsonObject Create(StripeCall call)
    {
        var parameters = call.Parameters;
        if (parameters.Text("mode") != "subscription")
            throw StripeFault.Invalid("The fake only knows subscriptions.", "mode");
        if (parameters.Object("subscription_data")?.Object("billing_mode")?.Text("type") is not (null or "flexible"))
            throw StripeFault.Invalid("The fake only knows the flexible billing mode.", "subscription_data");
        var items = parameters.Objects("line_items");
        if (items.Count == 0)
            throw StripeFault.Invalid("Missing line_items", "line_items");
        var customer = customers.Alive(parameters.Text("customer"));
        if (parameters.Object("tax_id_collection")?.Flag("enabled") == true
            && parameters.Object("customer_update")?.Text("name") != "auto")
        {
            throw StripeFault.Invalid("Tax ID collection requires customer_update[name] to be auto.", "customer_update");
        }

        var total = items.Sum(item => (long)(store.Get("price", item.Text("price")).Decimal("unit_amount_decimal") ?? 0));
        var session = store.Add(Kind, "cs_test");
        var id = session.Text("id");
        session["mode"] = "subscription";
        session["customer"] = customer.Text("id");
        session["currency"] = "usd";
        session["amount_subtotal"] = total;
        session["amount_total"] = total;
        session["expires_at"] = parameters.Number("expires_at") ?? store.Seconds + OpenSeconds;
        session["url"] = $"https://checkout.stripe.test/c/pay/{id}";
        session["success_url"] = parameters.Text("success_url");
        session["cancel_url"] = parameters.Text("cancel_url");
        session["client_reference_id"] = parameters.Text("client_reference_id");
        session["allow_promotion_codes"] = parameters.Flag("allow_promotion_codes");
        session["automatic_tax"]!["enabled"] = parameters.Object("automatic_tax")?.Flag("enabled") ?? false;
        session.MergeMetadata(parameters);
        session["_parameters"] = parameters.DeepClone();
        return store.Render(session, parameters.Texts("expand"));
    }
}
