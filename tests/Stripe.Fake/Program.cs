using System.Globalization;
using TelemetryKit.Billing;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Support.Stripe;

// A fake of Stripe that a person can use: see "Trying it without Stripe" in docs/BILLING.md. Arguments: SERVER [PORT]. Its clock is that of
// the machine until it is advanced.
const string WebhookSecret = "whsec_of_the_fake";
const string ThinSecret = "whsec_of_the_fakes_thin_events";
var server = new Uri(args.Length > 0 ? args[0] : "http://localhost:5080");
var port = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 12111;

await using var stripe = await FakeStripe.StartAsync(TimeProvider.System, port: port);
var account = new StripeOptions { SecretKey = FakeStripe.SecretKey, ApiBase = stripe.Address };
var webhook = new Uri(server, "/v1/billing/webhook");
var unused = new Uri("https://telemetry.example.org/unused");
await new StripeSetup(account, TimeProvider.System).ApplyAsync(new() { Webhook = unused }, default);
stripe.AddWebhook(webhook, WebhookSecret, ThinSecret);
Console.WriteLine(
    $"""
    The fake listens on {stripe.Address} and sends webhooks to {webhook}. Start the server with
      TELEMETRYKIT_STRIPE_SECRET_KEY={FakeStripe.SecretKey}
      TELEMETRYKIT_STRIPE_API_BASE={stripe.Address}
      TELEMETRYKIT_STRIPE_WEBHOOK_SECRET={WebhookSecret},{ThinSecret}
    Commands: pay | fail | replace | advance DAYS | list | quit
    """);

while (Console.ReadLine() is { } line)
{
    var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    switch (words)
    {
        case []:
            continue;
        case ["pay"]:
            var page = stripe.All("checkout.session").LastOrDefault(session => (string?)session["status"] == "open");
            Console.WriteLine(
                page is null ? "No page is open."
                : stripe.PayCheckout((string)page["id"]!) ? $"Paid. The browser goes to {page["success_url"]}".Replace(
                    "{CHECKOUT_SESSION_ID}", (string)page["id"]!, StringComparison.Ordinal)
                : "The card was declined.");
            break;
        case ["fail" or "replace"]:
            stripe.ChangeCard(LastCustomer(), words[0] == "fail" ? FakeCard.Declined : FakeCard.Good);
            Console.WriteLine(words[0] == "fail" ? "The card fails from now on." : "The card is a good one now, and what is open is paid.");
            break;
        case ["advance", var days] when int.TryParse(days, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 4_000:
            for (var day = 0; day < number; day++)
                stripe.Advance(TimeSpan.FromDays(1));
            await stripe.WhenSentAsync();
            Console.WriteLine($"It is {stripe.Now:yyyy-MM-dd HH:mm} at Stripe.");
            break;
        case ["list"]:
            foreach (var subscription in stripe.All("subscription"))
                Console.WriteLine($"{subscription["id"]} {subscription["status"]} {subscription["customer"]}");
            break;
        case ["quit"]:
            return;
        default:
            Console.WriteLine("Commands: pay | fail | replace | advance DAYS | list | quit");
            break;
    }
}

string LastCustomer() => (string)stripe.All("customer")[^1]["id"]!;
