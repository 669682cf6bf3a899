using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>Logs, traces, metrics and responses contain no secret of Stripe, whatever happens and whatever is configured.</summary>
[Collection(nameof(Alone))]
public sealed class BillingSecrecyTests
{
    [Fact]
    public async Task No_secret_of_Stripe_is_in_logs_traces_metrics_or_responses()
    {
        var texts = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => texts.Enqueue(
                $"{span.DisplayName} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        var signature = "";
        var server = new TracedServer();
        await server.InitializeAsync();
        await using (server)
        {
            using var owner = await server.NewPerson().JoinAsync();
            var tenant = await owner.TenantAsync();
            await server.SubscribeAsync(owner, tenant);
            await server.Stripe.WhenSentAsync();
            foreach (var fault in (FakeFault[])[FakeFault.ServerError, FakeFault.ResetAfter, FakeFault.TooManyRequests])
            {
                server.Stripe.Fail(fault, times: 4);
                using var failed = await owner.PostAsync($"/v1/billing/portal?tenant={tenant}");
                texts.Enqueue(await failed.Content.ReadAsStringAsync());
                server.Stripe.EndFaults();
                server.Time.Advance(TimeSpan.FromMinutes(2));
            }

            await server.SyncAsync(tenant);
            using var billing = await owner.GetAsync($"/v1/billing?tenant={tenant}");
            texts.Enqueue(await billing.Content.ReadAsStringAsync());
            using var portal = await owner.PostAsync($"/v1/billing/portal?tenant={tenant}");
            texts.Enqueue(await portal.Content.ReadAsStringAsync());
            foreach (var isRight in (bool[])[true, false])
            {
                var body = new JsonObject { ["id"] = $"evt_{isRight}", ["type"] = isRight ? "charge.dispute.created" : "x" }.ToJsonString();
                signature = FakeWebhook.Sign(body, isRight ? BilledServer.WebhookSecret : "another", server.Time.GetUtcNow());
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/billing/webhook");
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                request.Headers.Add("Stripe-Signature", signature);
                using var response = await server.Server.Client.SendAsync(request);
                Assert.Equal(isRight ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
                texts.Enqueue(await response.Content.ReadAsStringAsync());
            }

            texts.Enqueue(await server.Server.Client.GetStringAsync("/metrics"));
            texts.Enqueue(await server.Server.Client.GetStringAsync("/openapi/v1.json"));
            foreach (var line in server.Server.Logs.Lines)
                texts.Enqueue(line);
            texts.Enqueue(server.Server.Console.ToString());
        }

        Assert.True(texts.Count > 100, "much was recorded");
        foreach (var secret in (string[])
        [
            FakeStripe.SecretKey, BilledServer.WebhookSecret, BilledServer.FormerSecret, BilledServer.ThinSecret,
            signature[(signature.IndexOf("v1=", StringComparison.Ordinal) + 3)..],
        ])
            Assert.All(texts, text => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class TracedServer : BilledServer
    {
        protected override string LogLevel => "Trace";
    }
}

/// <summary>Without a secret key of Stripe there is nothing of billing.</summary>
public sealed class NoBillingTests(SelfHostedServer own, AccountServer hosted)
    : IClassFixture<SelfHostedServer>, IClassFixture<AccountServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_secret_key_there_is_no_route_and_no_word_of_billing(bool isHosted)
    {
        var server = isHosted ? hosted : own;
        using var owner = server.NewPerson();
        await owner.SignUpAsync();
        await server.MailAsync("verify", owner.Email);
        foreach (var (method, path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, "/v1/billing"), (HttpMethod.Post, "/v1/billing/checkout"), (HttpMethod.Post, "/v1/billing/portal"),
            (HttpMethod.Post, "/v1/billing/change"), (HttpMethod.Put, "/v1/billing/overage"), (HttpMethod.Post, "/v1/billing/webhook"),
            (HttpMethod.Get, "/billing/return"), (HttpMethod.Post, "/v1/billing/return"),
        ])
        {
            var body = method == HttpMethod.Get ? null : new JsonObject();
            using var response = await owner.SendAsync(method, $"{path}?tenant={Guid.NewGuid()}", body);
            Assert.True(HttpStatusCode.NotFound == response.StatusCode, $"{method} {path}: {response.StatusCode}");
        }

        List<string> texts =
        [
            await server.Server.Client.GetStringAsync("/openapi/v1.json"), await server.Server.Client.GetStringAsync("/v1/plans"),
        ];
        var mails = Directory.GetFiles(server.Server.Folder, "*.eml", SearchOption.AllDirectories);
        Assert.NotEmpty(mails);
        texts.AddRange(mails.Select(File.ReadAllText));
        foreach (var word in (string[])["billing", "stripe", "checkout", "subscription"])
            Assert.All(texts, text => Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase));
    }
}
