using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using TelemetryKit.Billing;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Support;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>A server as a process, with a new database. A hosted one bills through a fake of Stripe.</summary>
public sealed class Site : IAsyncDisposable
{
    private const string WebhookSecret = "whsec_of_the_walks";
    private const string ThinSecret = "whsec_of_thin_events";

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-browser-").FullName;
    private readonly FakeStripe? _stripe;

    private Site(string storage, string? postgres, FakeStripe? stripe, string[] arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_DATA"] = _folder, ["TELEMETRYKIT_POSTGRES"] = postgres, ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
        };
        Server = ServerProcess.Create(_folder, environment, arguments);
        Storage = storage;
        _stripe = stripe;
        if (stripe is null)
            return;
        environment["TELEMETRYKIT_HOSTED"] = "true";
        environment["TELEMETRYKIT_PUBLIC_URL"] = Server.Address.ToString();
        environment["TELEMETRYKIT_STRIPE_SECRET_KEY"] = FakeStripe.SecretKey;
        environment["TELEMETRYKIT_STRIPE_API_BASE"] = stripe.Address.ToString();
        environment["TELEMETRYKIT_STRIPE_WEBHOOK_SECRET"] = $"{WebhookSecret},{ThinSecret}";
        stripe.AddWebhook(new Uri(Server.Address, "/v1/billing/webhook"), WebhookSecret, ThinSecret);
    }

    /// <summary>The server.</summary>
    public ServerProcess Server { get; }

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string Storage { get; }

    /// <summary>The payment provider of a hosted server.</summary>
    public FakeStripe Stripe => _stripe ?? throw new InvalidOperationException("Only a hosted server has a payment provider.");

    /// <summary>Starts a server.</summary>
    /// <param name="storage"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="hosted">Whether everyone may sign up, and plans are billed.</param>
    /// <param name="arguments">Arguments of the server.</param>
    public static async Task<Site> StartAsync(string storage, bool hosted, params string[] arguments)
    {
        Assert.SkipWhen(storage == "postgres" && PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var postgres = storage == "postgres" ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : null;
        var site = new Site(storage, postgres, hosted ? await StartStripeAsync() : null, arguments);
        await site.Server.StartAsync();
        return site;
    }

    /// <summary>Waits for a mail with a link to a page, and returns the link of the newest one.</summary>
    /// <param name="page">The path of the page, without a slash before it.</param>
    /// <param name="to">The address that the mail is for, or <c>null</c> for any.</param>
    public Task<string> MailedLinkAsync(string page, string? to = null) => UntilAsync(() =>
    {
        var folder = Path.Combine(_folder, "mail");
        var mails = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Reverse() : [];
        var links = mails.Select(File.ReadAllText).Where(mail => to is null || IsTo(mail, to)).Select(mail => LinkIn(mail, page));
        return Task.FromResult(links.FirstOrDefault(link => link is not null));
    });

    /// <summary>Waits for a link to a page on the console, and returns it.</summary>
    public Task<string> PrintedLinkAsync(string page) => UntilAsync(() => Task.FromResult(LinkIn(Server.Output, page)));

    /// <summary>Asks until there is an answer, and returns it.</summary>
    public static async Task<string> UntilAsync(Func<Task<string?>> find)
    {
        // Long enough for the slowest machine. A test that fails waits for it, and no other.
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(5);)
        {
            if (await find() is { } found)
                return found;
            await Task.Delay(100);
        }

        throw new TimeoutException("What is waited for didn't happen within five minutes.");
    }

    /// <summary>Sends a batch of events, as an SDK does, and returns the number of accepted ones.</summary>
    public async Task<int> SendAsync(string key, object batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(batch);
        using var response = await Server.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var result = await response.Content.ReadFromJsonAsync<Received>();
        Assert.Empty(result!.Rejected);
        return result.Accepted;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_stripe is not null)
            await _stripe.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<FakeStripe> StartStripeAsync()
    {
        var stripe = await FakeStripe.StartAsync(TimeProvider.System);
        var options = new StripeOptions { SecretKey = FakeStripe.SecretKey, ApiBase = stripe.Address };
        // The setup is that of an operator, with an address that Stripe could reach. That of the server is added to the fake itself.
        var unused = new Uri("https://telemetry.example.org/hook");
        await new StripeSetup(options, TimeProvider.System).ApplyAsync(new() { Webhook = unused }, default);
        return stripe;
    }

    private static bool IsTo(string mail, string address) =>
        mail.Split('\n').Any(line => line.StartsWith("To:", StringComparison.Ordinal) && line.Contains(address, StringComparison.Ordinal));

    private string? LinkIn(string text, string page)
    {
        var start = text.LastIndexOf($"{Server.Address}{page}", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var end = text.IndexOfAny([' ', '\r', '\n', '"', '<', '>'], start);
        return end < 0 ? text[start..] : text[start..end];
    }

    private sealed record Received(int Accepted, IReadOnlyList<object> Rejected);
}
