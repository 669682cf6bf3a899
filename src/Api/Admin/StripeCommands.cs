using System.CommandLine;
using System.Globalization;
using TelemetryKit.Api.Settings;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Api.Admin;

/// <summary>The commands <c>TelemetryKit.Api admin stripe …</c>, which set up the account at Stripe. They don't use the store.</summary>
internal static class StripeCommands
{
    /// <summary>Creates the command.</summary>
    /// <param name="configuration">Reads the settings.</param>
    public static Command Create(Func<IConfiguration> configuration)
    {
        var check = new Option<bool>("--check")
        {
            Description = "Changes nothing, prints what differs, and exits with 1 if something does.",
        };
        var pro = Price("--pro-overage", PlanId.Pro);
        var business = Price("--business-overage", PlanId.Business);
        var setup = new Command("setup", "Creates or updates the products, prices, meter, portal and webhooks.") { check, pro, business };
        setup.SetAction((parsed, ct) =>
        {
            var prices = new Dictionary<PlanId, decimal>
            {
                [PlanId.Pro] = parsed.GetValue(pro) * 100, [PlanId.Business] = parsed.GetValue(business) * 100,
            };
            return SetUpAsync(configuration(), prices, parsed.GetValue(check), parsed.InvocationConfiguration, ct);
        });
        return new("stripe", "Commands for the account at Stripe, with TELEMETRYKIT_STRIPE_SECRET_KEY.") { setup };
    }

    private static Option<decimal> Price(string name, PlanId plan)
    {
        var usd = PlanPrices.OverageCentsPerThousand(plan) / 100;
        var option = new Option<decimal>(name)
        {
            Description = $"US dollars for 1,000 events above the quota of the plan {PlanTable.Of(plan).Code}.",
            DefaultValueFactory = _ => usd,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<decimal>() is <= 0 or > 1_000)
                result.AddError($"{name} must be above 0 and at most 1,000.");
        });
        return option;
    }

    private static async Task<int> SetUpAsync(
        IConfiguration configuration,
        Dictionary<PlanId, decimal> prices,
        bool isCheck,
        InvocationConfiguration console,
        CancellationToken cancellationToken)
    {
        var (settings, faults) = ServerSettings.Read(configuration, new CommandLine());
        if (settings is not { Stripe: { Options: { } stripe }, Accounts.PublicUrl: { } publicUrl })
            faults.Add("This requires TELEMETRYKIT_STRIPE_SECRET_KEY, TELEMETRYKIT_HOSTED and TELEMETRYKIT_PUBLIC_URL.");
        else if (faults.Count == 0)
        {
            var setup = new StripeSetup(stripe, TimeProvider.System);
            return await SetUpAsync(setup, OptionsOf(publicUrl, prices), isCheck, console, cancellationToken);
        }

        return faults.Print(console.Error);
    }

    private static StripeSetupOptions OptionsOf(Uri publicUrl, Dictionary<PlanId, decimal> prices)
    {
        var root = publicUrl.AbsoluteUri.TrimEnd('/');
        return new()
        {
            Webhook = new Uri(root + "/v1/billing/webhook"),
            ReturnTo = new Uri(root + "/billing/return"),
            OverageCentsPerThousand = prices,
        };
    }

    private static async Task<int> SetUpAsync(
        StripeSetup setup, StripeSetupOptions options, bool isCheck, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        StripeSetupResult result;
        try
        {
            result = isCheck ? await setup.CheckAsync(options, cancellationToken) : await setup.ApplyAsync(options, cancellationToken);
        }
        catch (Exception fault) when (fault is BillingUnavailableException or BillingRefusedException)
        {
            await console.Error.WriteLineAsync(fault.Message);
            return 1;
        }

        foreach (var step in result.Steps)
        {
            var detail = step.Detail is null ? "" : $" ({step.Detail})";
            await console.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{step.Outcome.ToString().ToLowerInvariant(),-10} {step.Kind} {step.Name}{detail}"));
        }

        // Stripe shows them only once.
        if (result.NewWebhookSecrets.Count > 0)
            await console.Output.WriteLineAsync($"TELEMETRYKIT_STRIPE_WEBHOOK_SECRET={string.Join(',', result.NewWebhookSecrets)}");
        return result.IsComplete ? 0 : 1;
    }
}
