namespace TelemetryKit.Support.Stripe;

/// <summary>The responses to requests with an idempotency key, for a day.</summary>
internal sealed class IdempotencyKeys
{
    private const long KeptSeconds = 86400;
    private readonly Dictionary<string, (string Request, StripeResponse Response, long At)> _responses = new(StringComparer.Ordinal);

    /// <summary>Returns the response to an earlier request with the key, or <c>null</c> if there was none.</summary>
    /// <exception cref="StripeFault">The earlier request was another one.</exception>
    public StripeResponse? Find(string key, string request, long now)
    {
        if (!_responses.TryGetValue(key, out var former) || now - former.At >= KeptSeconds)
            return null;
        if (former.Request != request)
        {
            throw new StripeFault(
                400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters.");
        }

        return former.Response;
    }

    /// <summary>Stores a response.</summary>
    public void Add(string key, string request, StripeResponse response, long now) => _responses[key] = (request, response, now);
}
