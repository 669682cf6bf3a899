using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Invoices.</summary>
internal sealed class InvoiceRoutes(StripeStore store, InvoiceEngine engine, MeterBook meters)
{
    public void Map(StripeApi api)
    {
        api.Get("/v1/invoices", List);
        api.Get("/v1/invoices/*", call => store.Render(store.Get("invoice", call.Id), call.Parameters.Texts("expand")));
        api.Post("/v1/invoices/create_preview", Preview);
        api.Post("/v1/invoices/*/pay", call =>
        {
            var invoice = store.Get("invoice", call.Id);
            return engine.Charge(invoice) ? store.Render(invoice) : throw StripeFault.Declined();
        });
    }

    private JsonObject List(StripeCall call)
    {
        var parameters = call.Parameters;
        return store.List(
            store.All("invoice").Where(one =>
                (parameters.Text("customer") is not { } customer || one.Text("customer") == customer)
                && (parameters.Text("status") is not { } status || one.Text("status") == status)
                && (parameters.Text("subscription") is not { } id || InvoiceEngine.SubscriptionOf(one) == id)),
            parameters,
            "/v1/invoices");
    }

    private JsonObject Preview(StripeCall call)
    {
        var subscription = store.Get("subscription", call.Parameters.Text("subscription"));
        var items = subscription.Objects("items");
        var end = items.Count == 0 ? 0 : items.Min(item => item.Number("current_period_end")!.Value);
        var ends = subscription.Number("cancel_at") is { } at && at <= end;
        List<InvoiceLine> lines = InvoiceEngine.Pending(subscription);
        foreach (var item in items.Where(item => item.Number("current_period_end") == end))
        {
            var price = item.Object("price")!;
            if (SubscriptionEngine.IsMetered(price))
            {
                var from = item.Number("_usage_from")!.Value;
                var quantity = meters.Sum(
                    price.Object("recurring")!.Text("meter"), subscription.Text("customer")!, from, store.Seconds + 300);
                lines.Add(InvoiceLine.Metered(item.Text("id")!, price, quantity, from, end));
            }
            else if (!ends)
            {
                var months = Periods.MonthsOf(price.Object("recurring")!.Text("interval"));
                var next = Periods.Next(end, (int)subscription.Number("_day")!.Value, months, end);
                lines.Add(InvoiceLine.Licensed(item, price, 1, end, next, isProration: false));
            }
        }

        if (!InvoiceEngine.IsAlive(subscription) || (ends && lines.Sum(line => line.Cents) == 0))
            throw new StripeFault(404, "invalid_request_error", "No upcoming invoices for customer", "invoice_upcoming_none");
        var invoice = engine.Shape(subscription, "upcoming", lines);
        invoice["id"] = "upcoming_" + invoice.Text("id");
        invoice["next_payment_attempt"] = end + 3600;
        invoice["period_end"] = end;
        invoice["amount_due"] = engine.Due(subscription, lines);
        return store.Render(invoice, call.Parameters.Texts("expand"));
    }
}
