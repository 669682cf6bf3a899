using System.Text;
using System.Text.Json;
using Stripe;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>
/// Checks and reads webhooks: snapshot events of version 1 of the API, and thin events of version 2. Only the customer is read from a
/// payload, wherever a type of event has it, so events of other versions and of unknown types can't do harm.
/// </summary>
internal sealed class WebhookReader(IReadOnlyList<string> secrets, TimeProvider time)
{
    private const long ToleranceSeconds = 300;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>See <see cref="IBillingGateway.ReadWebhook"/>.</summary>
    public BillingWebhook? Read(ReadOnlyMemory<byte> body, string signature)
    {
        try
        {
            var json = Strict.GetString(body.Span);
            if (!secrets.Any(secret => IsSigned(json, signature, secret)))
                return null;
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            return null;
        }
    }

    private bool IsSigned(string json, string signature, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(json, signature, secret, ToleranceSeconds, time.GetUtcNow().ToUnixTimeSeconds());
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A malformed header leads to several kinds of exceptions in Stripe.net.
            return false;
        }
    }

    private static BillingWebhook? Read(JsonElement root)
    {
        if (Text(root, "id") is not { } id || Text(root, "type") is not { } type)
            return null;
        if (Text(root, "object") == "v2.core.event")
        {
            var isFault = type is StripeEvents.MeterErrors or StripeEvents.UnknownMeter;
            return new(id, isFault ? BillingWebhookKind.OverageFault : BillingWebhookKind.None, null, type);
        }

        var customer = Property(Property(root, "data"), "object") is { } content ? CustomerOf(content) : null;
        var kind = StripeEvents.IsDispute(type) ? BillingWebhookKind.Dispute
            : customer is null ? BillingWebhookKind.None
            : BillingWebhookKind.Customer;
        return new(id, kind, customer, type);
    }

    private static string? CustomerOf(JsonElement content) =>
        Text(content, "object") == "customer" ? Text(content, "id")
        : Property(content, "customer") is not { } customer ? null
        : customer.ValueKind == JsonValueKind.String ? customer.GetString()
        : Text(customer, "id");

    private static JsonElement? Property(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var child) ? child : null;

    private static string? Text(JsonElement parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
