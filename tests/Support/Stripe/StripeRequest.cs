namespace TelemetryKit.Support.Stripe;

/// <summary>A request, with the headers that matter.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path.</param>
/// <param name="Query">The query with its question mark, or an empty text.</param>
/// <param name="Authorization">The header of the secret key.</param>
/// <param name="Version">The version of the API.</param>
/// <param name="IdempotencyKey">The idempotency key, or an empty text.</param>
/// <param name="Body">The body.</param>
internal sealed record StripeRequest(
    string Method, string Path, string Query, string Authorization, string Version, string IdempotencyKey, string Body);

/// <summary>A response.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record StripeResponse(int Status, string Body);
