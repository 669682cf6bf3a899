using System.Text;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class WebhookTests
{
    private const string Body = """{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"customer":"cus_1"}}}""";
    private static readonly string[] Secrets = ["whsec_new", "whsec_former"];
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("whsec_new")]
    [InlineData("whsec_former")]
    public void Each_secret_is_accepted(string secret) =>
        Assert.Equal(new("evt_1", BillingWebhookKind.Customer, "cus_1", "invoice.paid"), Read(Body, secret));

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    [InlineData(86400 * 31, false)]
    public void A_signature_is_accepted_for_five_minutes(int seconds, bool isAccepted)
    {
        var signature = FakeWebhook.Sign(Body, Secrets[0], _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isAccepted, Read(Encoding.UTF8.GetBytes(Body), signature) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("t=")]
    [InlineData("t=1,v1=")]
    [InlineData("t=x,v1=00")]
    [InlineData("t=99999999999999999999999,v1=00")]
    [InlineData("v1=00")]
    [InlineData("nonsense")]
    [InlineData(",,,===,")]
    public void Other_signatures_are_refused(string signature) => Assert.Null(Read(Encoding.UTF8.GetBytes(Body), signature));

    [Fact]
    public void Another_body_secret_or_encoding_is_refused()
    {
        var signature = FakeWebhook.Sign(Body, Secrets[0], _time.GetUtcNow());
        Assert.Null(Read(Encoding.UTF8.GetBytes(Body + " "), signature));
        Assert.Null(Read(Body, "whsec_other"));
        Assert.Null(Read([0xff, 0xfe, 0x00], signature));
        Assert.Null(new WebhookReader([], _time).Read(Encoding.UTF8.GetBytes(Body), signature));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":1,"type":2}""")]
    [InlineData("""{"id":"evt_1"}""")]
    [InlineData("{\"id\":\"evt_1\",")]
    public void A_signed_body_that_is_no_event_is_refused(string body) => Assert.Null(Read(body, Secrets[0]));

    [Theory]
    [InlineData("""{"id":"e","type":"a.b"}""", BillingWebhookKind.None, null)]
    [InlineData("""{"id":"e","type":"a.b","data":{"object":{"customer":"cus_1"}}}""", BillingWebhookKind.Customer, "cus_1")]
    [InlineData("""{"id":"e","type":"a.b","data":{"object":{"customer":{"id":"cus_1"}}}}""", BillingWebhookKind.Customer, "cus_1")]
    [InlineData("""{"id":"e","type":"a.b","data":{"object":{"customer":null}}}""", BillingWebhookKind.None, null)]
    [InlineData("""{"id":"e","type":"a.b","data":{"object":[]}}""", BillingWebhookKind.None, null)]
    [InlineData("""{"id":"e","type":"a.b","data":7}""", BillingWebhookKind.None, null)]
    [InlineData(
        """{"id":"e","type":"customer.deleted","api_version":"2011-01-01","data":{"object":{"object":"customer","id":"cus_1"}}}""",
        BillingWebhookKind.Customer, "cus_1")]
    [InlineData("""{"id":"e","type":"charge.refunded","data":{"object":{"customer":"cus_1"}}}""", BillingWebhookKind.Dispute, "cus_1")]
    [InlineData("""{"id":"e","type":"charge.dispute.created","data":{"object":{}}}""", BillingWebhookKind.Dispute, null)]
    [InlineData(
        """{"id":"e","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered"}""", BillingWebhookKind.OverageFault, null)]
    [InlineData(
        """{"id":"e","object":"v2.core.event","type":"v1.billing.meter.no_meter_found"}""", BillingWebhookKind.OverageFault, null)]
    [InlineData("""{"id":"e","object":"v2.core.event","type":"v2.other"}""", BillingWebhookKind.None, null)]
    public void The_kind_and_the_customer_are_read_from_any_event(string body, BillingWebhookKind kind, string? customer)
    {
        var webhook = Read(body, Secrets[0]);
        Assert.Equal((kind, customer), (webhook!.Kind, webhook.CustomerId));
    }

    private BillingWebhook? Read(string body, string secret) =>
        Read(Encoding.UTF8.GetBytes(body), FakeWebhook.Sign(body, secret, _time.GetUtcNow()));

    private BillingWebhook? Read(byte[] body, string signature) => new WebhookReader(Secrets, _time).Read(body, signature);
}
