using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>
/// A person with an account, signed in in a window. What isn't the subject of a walk is done here by requests, which share the cookies of
/// the window.
/// </summary>
public sealed class Customer
{
    /// <summary>The password of all accounts.</summary>
    public const string Password = "a rather long passphrase";

    private static int _last;

    private string _csrf = "";

    private Customer(Site site, Visitor visitor, string name)
    {
        (Site, Visitor, Name) = (site, visitor, name);
        Email = NewEmail(name);
    }

    /// <summary>The server.</summary>
    public Site Site { get; }

    /// <summary>The window.</summary>
    public Visitor Visitor { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The address.</summary>
    public string Email { get; }

    /// <summary>The tenant of the account.</summary>
    public string Tenant { get; private set; } = "";

    /// <summary>Returns an address that no other walk has: they share a server.</summary>
    public static string NewEmail(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}.{Interlocked.Increment(ref _last)}@example.org");

    /// <summary>Creates an account and signs in.</summary>
    public static async Task<Customer> SignUpAsync(Site site, Visitor visitor, string name = "Ada")
    {
        var customer = new Customer(site, visitor, name);
        await customer.PostAsync("/v1/auth/sign-up", new { email = customer.Email, name });
        var link = await site.MailedLinkAsync("verify", customer.Email);
        var token = link[(link.IndexOf("#token=", StringComparison.Ordinal) + "#token=".Length)..];
        await customer.PostAsync("/v1/auth/verify", new { token, password = Password });
        var signedIn = await customer.PostAsync("/v1/auth/sign-in", new { email = customer.Email, password = Password });
        customer._csrf = signedIn.GetProperty("csrf_token").GetString()!;
        var me = await ReadAsync(await visitor.Page.APIRequest.GetAsync("/v1/me"));
        customer.Tenant = me.GetProperty("tenants")[0].GetProperty("id").GetString()!;
        return customer;
    }

    /// <summary>Creates a project and returns its path.</summary>
    public async Task<string> CreateProjectAsync(string name)
    {
        var project = await PostAsync($"/v1/tenants/{Tenant}/projects", new { name });
        return "/projects/" + project.GetProperty("id").GetString();
    }

    /// <summary>Creates a live key of a project.</summary>
    public async Task<string> CreateKeyAsync(string project) =>
        (await PostAsync($"/v1{project}/keys", new { kind = "live" })).GetProperty("key").GetString()!;

    /// <summary>Subscribes to a plan, paid by the month.</summary>
    public async Task SubscribeAsync(string plan)
    {
        var page = await PostAsync($"/v1/billing/checkout?tenant={Tenant}", new { plan, interval = "month" });
        var id = page.GetProperty("url").GetString()!.Split('/')[^1];
        Assert.True(Site.Stripe.PayCheckout(id));
        // The server fetches the subscription when the webhook arrives.
        await Site.UntilAsync(async () =>
        {
            var state = await ReadAsync(await Visitor.Page.APIRequest.GetAsync($"/v1/billing?tenant={Tenant}"));
            return state.GetProperty("subscribed_plan").GetString() == plan ? plan : null;
        });
    }

    private async Task<JsonElement> PostAsync(string path, object body) => await ReadAsync(await Visitor.Page.APIRequest.PostAsync(
        path, new() { DataObject = body, Headers = new Dictionary<string, string> { ["X-CSRF-Token"] = _csrf } }));

    private static async Task<JsonElement> ReadAsync(IAPIResponse response)
    {
        var text = await response.TextAsync();
        Assert.True(response.Ok, $"{response.Url}: {response.Status} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
