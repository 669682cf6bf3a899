using System.Net;
using System.Text.Json.Nodes;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>
/// The page on which the payment provider takes the payment. The fake of Stripe has an API only, so the browser gets the page from here: it
/// pays, or goes back, and the browser returns to the server from another site.
/// </summary>
public static class CheckoutPage
{
    private const string Address = "https://checkout.stripe.test/";

    /// <summary>Serves the page to a visitor.</summary>
    public static Task ServeAsync(Visitor visitor, FakeStripe stripe)
    {
        visitor.Expect("request to another site: " + Address);
        return visitor.Page.RouteAsync(Address + "**", route => route.FulfillAsync(new()
        {
            ContentType = "text/html", Body = BodyOf(new Uri(route.Request.Url).AbsolutePath.Trim('/').Split('/'), stripe),
        }));
    }

    // The paths are c/pay/ID, as in the address of the fake, and c/paid/ID.
    private static string BodyOf(string[] path, FakeStripe stripe)
    {
        var id = path[^1];
        var checkout = stripe.Find(id);
        if (path[1] == "pay")
            return Page("Pay", $"<p><a href='/c/paid/{id}'>Pay now</a></p><p><a href='{UrlOf(checkout, "cancel_url")}'>Back</a></p>");
        Assert.True(stripe.PayCheckout(id), "The page isn't open.");
        return Page("Paid", $"<a href='{UrlOf(checkout, "success_url")}'>Continue</a>");
    }

    private static string UrlOf(JsonObject checkout, string name) => WebUtility.HtmlEncode(
        ((string)checkout[name]!).Replace("{CHECKOUT_SESSION_ID}", (string)checkout["id"]!, StringComparison.Ordinal));

    private static string Page(string title, string body) =>
        $"<!doctype html><html lang='en'><title>{title}</title><link rel='icon' href='data:,'><h1>{title}</h1>{body}</html>";
}
