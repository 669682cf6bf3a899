using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Subscriptions and their schedules.</summary>
internal sealed class SubscriptionRoutes(
    StripeStore store, SubscriptionEngine engine, SubscriptionUpdates updates, ScheduleEngine schedules, CustomerRoutes customers)
{
    private const string Kind = "subscription";
    private const string ScheduleKind = "subscription_schedule";

    public void Map(StripeApi api)
    {
        api.Get("/v1/subscriptions", List);
        api.Post("/v1/subscriptions", Create);
        api.Get("/v1/subscriptions/*", call => Render(store.Get(Kind, call.Id), call));
        api.Post("/v1/subscriptions/*", call =>
        {
            var subscription = store.Get(Kind, call.Id);
            updates.Update(subscription, call.Parameters);
            return Render(subscription, call);
        });
        api.Delete("/v1/subscriptions/*", call =>
        {
            var subscription = store.Get(Kind, call.Id);
            if (!InvoiceEngine.IsAlive(subscription))
                throw StripeFault.Missing(Kind, call.Id);
            engine.End(subscription, call.Parameters.Flag("invoice_now"), "cancellation_requested");
            return Render(subscription, call);
        });
        api.Post("/v1/subscription_schedules", call =>
        {
            if (call.Parameters.ContainsKey("phases"))
                throw StripeFault.Invalid("You cannot set phases if from_subscription is set.", "from_subscription");
            return Render(schedules.Create(store.Get(Kind, call.Parameters.Text("from_subscription"))), call);
        });
        api.Get("/v1/subscription_schedules/*", call => Render(store.Get(ScheduleKind, call.Id), call));
        api.Post("/v1/subscription_schedules/*", call =>
        {
            var schedule = store.Get(ScheduleKind, call.Id);
            schedules.Update(schedule, call.Parameters);
            return Render(schedule, call);
        });
        api.Post("/v1/subscription_schedules/*/release", call =>
        {
            var schedule = store.Get(ScheduleKind, call.Id);
            schedules.Release(schedule);
            return Render(schedule, call);
        });
    }

    private JsonObject Create(StripeCall call)
    {
        var customer = customers.Alive(call.Parameters.Text("customer"));
        var method = call.Parameters.Text("default_payment_method");
        return Render(engine.Create(customer, call.Parameters.Objects("items"), method, call.Parameters), call);
    }

    private JsonObject List(StripeCall call)
    {
        var customer = call.Parameters.Text("customer");
        var status = call.Parameters.Text("status");
        return store.List(
            store.All(Kind).Where(one => (customer is null || one.Text("customer") == customer) && status switch
            {
                "all" => true,
                null => one.Text("status") != "canceled",
                _ => one.Text("status") == status,
            }),
            call.Parameters,
            "/v1/subscriptions");
    }

    private JsonObject Render(JsonObject o, StripeCall call) => store.Render(o, call.Parameters.Texts("expand"));
}
