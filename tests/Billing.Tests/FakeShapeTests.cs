using System.Text.Json.Nodes;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

/// <summary>The objects of the fake have the properties of Stripe's published fixtures.</summary>
public class FakeShapeTests
{
    // Objects whose properties depend on their kind, and nested ones that the fake leaves out.
    private static readonly string[] Present =
    [
        "customer", "subscription", "subscription_schedule", "price", "product", "invoice", "checkout.session",
        "billing_portal.session", "billing_portal.configuration", "billing.meter", "payment_method", "charge", "webhook_endpoint",
    ];

    [Fact]
    public async Task Objects_have_all_properties_of_the_fixtures()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(PlanId.Business);
        var id = (await harness.ReadAsync(customer)).Id;
        await harness.Gateway.ChangeAtPeriodEndAsync(id, PlanId.Pro, BillingInterval.Month, "key", harness.Cancellation);
        await harness.Gateway.CreatePortalAsync(customer, PortalFlow.Card, Harness.Page, harness.Cancellation);
        foreach (var kind in Present)
        {
            var objects = harness.Stripe.All(kind);
            Assert.NotEmpty(objects);
            foreach (var one in objects)
                AssertShape(Shapes.Fixture(kind), one, kind);
        }

        var subscription = harness.Stripe.Find(id);
        var expected = Shapes.Fixture("subscription_item");
        foreach (var item in subscription["items"]!["data"]!.AsArray())
            AssertShape(expected, item!.AsObject(), "subscription_item");
        foreach (var line in harness.Stripe.All("invoice").SelectMany(invoice => invoice["lines"]!["data"]!.AsArray()))
            AssertShape(Shapes.Fixture("line_item"), line!.AsObject(), "line_item");
    }

    [Fact]
    public void New_objects_have_no_ids_of_the_fixtures_for_what_they_lack()
    {
        foreach (var name in (string[])["subscription", "invoice", "checkout.session"])
        {
            var o = Shapes.New(name);
            foreach (var property in (string[])["cancel_at", "trial_end", "next_payment_attempt", "payment_intent", "discount"])
                Assert.Null(o[property]);
        }
    }

    [Fact]
    public async Task Responses_have_nothing_that_is_internal_to_the_fake()
    {
        await using var harness = await Harness.CreateAsync();
        await harness.SubscribeAsync();
        foreach (var kind in Present.Where(kind => kind is not ("subscription_schedule" or "billing_portal.session")))
            Assert.All(harness.Stripe.All(kind), one => Assert.DoesNotContain("\"_", one.ToJsonString(), StringComparison.Ordinal));
    }

    private static void AssertShape(JsonObject fixture, JsonObject actual, string kind)
    {
        foreach (var (name, _) in fixture)
            Assert.True(actual.ContainsKey(name), $"{kind} has no {name}");
        Assert.Equal(fixture["object"]!.ToString(), actual["object"]!.ToString());
    }
}
