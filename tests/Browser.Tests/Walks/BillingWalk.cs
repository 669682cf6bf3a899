using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>A customer subscribes through Checkout, and changes the plan.</summary>
public sealed class BillingWalk(Chromium chromium, Sites sites)
{
    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_customer_upgrades_through_Checkout_and_changes_the_plan(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        await CheckoutPage.ServeAsync(visitor, site.Stripe);
        var customer = await Customer.SignUpAsync(site, visitor);
        await customer.CreateProjectAsync("my-cli");

        // First without paying: nothing changes.
        await BeginAsync(visitor, "Pro");
        await visitor.FollowAsync("Back");
        await visitor.Page.WaitForURLAsync("**/billing/return?*");
        await visitor.SeesHeadingAsync("Nothing was paid");
        await visitor.LookAsync($"checkout-cancelled-{storage}");

        await BeginAsync(visitor, "Business");
        await visitor.FollowAsync("Pay now");
        await visitor.FollowAsync("Continue");
        await visitor.Page.WaitForURLAsync("**/billing/return?*");
        await visitor.SeesHeadingAsync("Your plan is Business now");
        await visitor.LookAsync($"checkout-paid-{storage}");

        await visitor.GoAsync("/plan");
        await visitor.SeesAsync("Business, paid by the month");
        await visitor.SeesAsync("visa •••• 4242");
        await visitor.LookAsync($"plan-paid-{storage}");
        await ChangeAsync(visitor, "Change to Pro", "The plan changes when the paid period ends");
        await visitor.SeesAsync("Pro, by the month, from");
        await ChangeAsync(visitor, "Keep it to Business", "The scheduled change is dropped");
        await visitor.Page.GetByText("Pro, by the month, from").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static async Task BeginAsync(Visitor visitor, string plan)
    {
        await visitor.GoAsync("/plan");
        await visitor.PressAsync($"Upgrade to {plan}");
        await visitor.Page.WaitForURLAsync("https://checkout.stripe.test/**");
    }

    private static async Task ChangeAsync(Visitor visitor, string button, string outcome)
    {
        await visitor.PressAsync(button);
        await visitor.ConfirmAsync("Change the plan");
        await visitor.SeesAsync(outcome);
    }
}
