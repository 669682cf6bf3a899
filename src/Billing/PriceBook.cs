using System.Collections.Concurrent;
using Stripe;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>The prices of the account. Thread-safe.</summary>
internal sealed class PriceBook(StripeCalls calls, TimeProvider time)
{
    /// <summary>
    /// The metadata of a price with its lookup key. A price whose amount was changed loses the key to its successor, but subscriptions
    /// keep it.
    /// </summary>
    public const string KeyMetadata = "telemetrykit_price";

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    // What a price is never changes.
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);
    private volatile Known? _current;

    /// <summary>All lookup keys.</summary>
    public static IReadOnlyList<string> AllKeys { get; } =
    [
        .. from plan in PlanPrices.Sold from interval in Enum.GetValues<BillingInterval>() select PlanPrices.KeyOf(plan, interval),
        .. PlanPrices.Sold.Select(PlanPrices.OverageKeyOf),
    ];

    /// <summary>Returns the lookup key that a price has or had, or <c>null</c> if it is none of ours.</summary>
    public static string? KeyOf(Price? price)
    {
        var key = price?.Metadata?.GetValueOrDefault(KeyMetadata) ?? price?.LookupKey;
        return key is not null && AllKeys.Contains(key) ? key : null;
    }

    /// <summary>Whether a lookup key is that of events above the quota.</summary>
    public static bool IsOverage(string? key) => key is not null && PlanPrices.Sold.Any(plan => key == PlanPrices.OverageKeyOf(plan));

    /// <summary>Returns the id of the price that a lookup key has now.</summary>
    /// <exception cref="BillingRefusedException">There is none: the account isn't set up.</exception>
    public async Task<string> IdOfAsync(string key, CancellationToken cancellationToken)
    {
        var current = _current;
        if (current is null || time.GetUtcNow() - current.ReadAt > KeptFor || !current.Prices.ContainsKey(key))
        {
            var readAt = time.GetUtcNow();
            var options = new PriceListOptions { LookupKeys = [.. AllKeys], Active = true, Limit = 100 };
            var list = await calls.RunAsync(
                () => calls.V1.Prices.ListAsync(options, cancellationToken: cancellationToken), cancellationToken);
            current = new(readAt, list.Data.ToDictionary(price => price.LookupKey, price => price.Id, StringComparer.Ordinal));
            _current = current;
        }

        return current.Prices.TryGetValue(key, out var id)
            ? id
            : throw new BillingRefusedException($"Stripe has no price with the lookup key {key}.", "price_missing");
    }

    /// <summary>Returns the lookup key that the price with an id has or had, or <c>null</c> if it is none of ours.</summary>
    public async Task<string?> KeyOfAsync(string priceId, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(priceId, out var known))
            return known;
        var price = await calls.FindAsync(
            () => calls.V1.Prices.GetAsync(priceId, cancellationToken: cancellationToken), cancellationToken);
        if (KeyOf(price) is not { } key)
            return null;
        _keys[priceId] = key;
        return key;
    }

    private sealed record Known(DateTimeOffset ReadAt, Dictionary<string, string> Prices);
}
