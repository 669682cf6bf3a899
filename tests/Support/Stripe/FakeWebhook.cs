using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Support.Stripe;

/// <summary>A webhook that <see cref="FakeStripe"/> sends.</summary>
/// <param name="EventId">The id of the event.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="CustomerId">The customer that the event is about, or <c>null</c>.</param>
/// <param name="Body">The body.</param>
/// <param name="Address">Where it is sent to.</param>
/// <param name="Secret">The secret with which it is signed.</param>
public sealed record FakeWebhook(string EventId, string Type, string? CustomerId, string Body, Uri Address, string Secret)
{
    /// <summary>Returns the header <c>Stripe-Signature</c> of a body.</summary>
    public static string Sign(string body, string secret, DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds}.{body}"));
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }
}
