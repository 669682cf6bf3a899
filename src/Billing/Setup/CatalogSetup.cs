using Stripe;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing.Setup;

/// <summary>The products and prices.</summary>
internal sealed class CatalogSetup(StripeCalls calls)
{
    private const string ProductKind = "product";
    private const string PriceKind = "price";

    /// <summary>Runs with the id of the meter, or <c>null</c> if a check found none.</summary>
    public async Task RunAsync(SetupRun run, StripeSetupOptions options, string? meter, CancellationToken cancellationToken)
    {
        var current = await ReadPricesAsync(cancellationToken);
        foreach (var plan in PlanPrices.Sold)
        {
            var name = $"TelemetryKit {plan}";
            var product = $"tk_{PlanTable.Of(plan).Code}";
            await RunProductAsync(run, product, name, cancellationToken);
            foreach (var interval in Enum.GetValues<BillingInterval>())
            {
                var unit = interval == BillingInterval.Year ? "year" : "month";
                var wanted = new PriceCreateOptions
                {
                    LookupKey = PlanPrices.KeyOf(plan, interval), Product = product, UnitAmount = PlanPrices.CentsOf(plan, interval),
                    Recurring = new() { Interval = unit, UsageType = "licensed" },
                };
                await RunPriceAsync(run, wanted, PlanPrices.CentsOf(plan, interval), current, cancellationToken);
            }

            var overage = PlanPrices.OverageKeyOf(plan);
            await RunProductAsync(run, overage, $"{name}: events above the quota", cancellationToken);
            var cents = options.OverageCentsOf(plan);
            var metered = new PriceCreateOptions
            {
                LookupKey = overage, Product = overage, UnitAmountDecimal = cents,
                Recurring = new() { Interval = "month", UsageType = "metered", Meter = meter },
            };
            await RunPriceAsync(run, metered, cents, current, cancellationToken);
        }
    }

    private async Task RunProductAsync(SetupRun run, string id, string name, CancellationToken cancellationToken)
    {
        var product = await calls.FindAsync(
            () => calls.V1.Products.GetAsync(id, cancellationToken: cancellationToken), cancellationToken);
        if (product is null)
        {
            var create = new ProductCreateOptions { Id = id, Name = name };
            await run.CreateAsync(ProductKind, id, () => calls.RunAsync(
                () => calls.V1.Products.CreateAsync(create, StripeCalls.OnceEver(), cancellationToken), cancellationToken));
            return;
        }

        List<string> differences = [];
        if (product.Name != name)
            differences.Add("name");
        if (!product.Active)
            differences.Add("active");
        var update = new ProductUpdateOptions { Name = name, Active = true };
        await run.UpdateAsync(ProductKind, id, differences, () => calls.RunAsync(
            () => calls.V1.Products.UpdateAsync(id, update, StripeCalls.OnceEver(), cancellationToken), cancellationToken));
    }

    // The amount of a price can't be changed. Its successor takes over the lookup key; the former price stays for its subscribers.
    private async Task RunPriceAsync(
        SetupRun run, PriceCreateOptions wanted, decimal cents, Dictionary<string, Price> current, CancellationToken cancellationToken)
    {
        wanted.Currency = "usd";
        wanted.TaxBehavior = "exclusive";
        wanted.TransferLookupKey = true;
        wanted.Metadata = new() { [PriceBook.KeyMetadata] = wanted.LookupKey };
        Task CreateAsync() => calls.RunAsync(
            () => calls.V1.Prices.CreateAsync(wanted, StripeCalls.OnceEver(), cancellationToken), cancellationToken);
        if (current.TryGetValue(wanted.LookupKey, out var price))
            await run.UpdateAsync(PriceKind, wanted.LookupKey, Differences(price, wanted, cents), CreateAsync);
        else
            await run.CreateAsync(PriceKind, wanted.LookupKey, CreateAsync);
    }

    private static List<string> Differences(Price price, PriceCreateOptions wanted, decimal cents)
    {
        List<string> differences = [];
        if (price.UnitAmountDecimal != cents)
            differences.Add("unit_amount");
        if (price.Currency != wanted.Currency)
            differences.Add("currency");
        if (price.ProductId != wanted.Product)
            differences.Add("product");
        if (price.TaxBehavior != wanted.TaxBehavior)
            differences.Add("tax_behavior");
        if (price.Recurring?.Interval != wanted.Recurring.Interval || price.Recurring.IntervalCount != 1)
            differences.Add("interval");
        if (price.Recurring?.UsageType != wanted.Recurring.UsageType)
            differences.Add("usage_type");
        if (price.Recurring?.Meter != wanted.Recurring.Meter)
            differences.Add("meter");
        if (price.Metadata?.GetValueOrDefault(PriceBook.KeyMetadata) != wanted.LookupKey)
            differences.Add("metadata");
        return differences;
    }

    private async Task<Dictionary<string, Price>> ReadPricesAsync(CancellationToken cancellationToken)
    {
        var options = new PriceListOptions { LookupKeys = [.. PriceBook.AllKeys], Active = true, Limit = 100 };
        var list = await calls.RunAsync(
            () => calls.V1.Prices.ListAsync(options, cancellationToken: cancellationToken), cancellationToken);
        return list.Data.ToDictionary(price => price.LookupKey, StringComparer.Ordinal);
    }
}
