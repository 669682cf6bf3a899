using TelemetryKit.Billing;

namespace TelemetryKit.Api.Settings;

/// <summary>The account at Stripe.</summary>
/// <param name="Options">The options of the gateway.</param>
internal sealed record StripeSettings(StripeOptions Options)
{
    private const string KeyName = "TELEMETRYKIT_STRIPE_SECRET_KEY";
    private const string WebhookName = "TELEMETRYKIT_STRIPE_WEBHOOK_SECRET";
    private const string BaseName = "TELEMETRYKIT_STRIPE_API_BASE";
    private const string TaxName = "TELEMETRYKIT_STRIPE_TAX";

    /// <summary>
    /// Reads and validates the settings. Returns <c>null</c> if no secret key is set: then there is no billing. Values never appear in
    /// faults.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="isHosted">Whether the server is a hosted service: others have no plans.</param>
    /// <param name="faults">The faults, to which those of these settings are added.</param>
    public static StripeSettings? Read(IConfiguration configuration, bool isHosted, SettingFaults faults)
    {
        if (ServerSettings.Text(configuration, KeyName) is not { } key)
        {
            foreach (var name in (string[])[WebhookName, BaseName, TaxName])
            {
                if (ServerSettings.Text(configuration, name) is not null)
                    faults.Add($"{name} requires {KeyName}.");
            }

            return null;
        }

        if (!isHosted)
            faults.Add($"{KeyName} requires TELEMETRYKIT_HOSTED: a self-hosted server has no plans to pay for.");
        if (!key.StartsWith("sk_", StringComparison.Ordinal) && !key.StartsWith("rk_", StringComparison.Ordinal))
            faults.Add($"{KeyName} is not a secret key of Stripe: it begins with sk_ or rk_.");
        var secrets = (ServerSettings.Text(configuration, WebhookName) ?? "").Split(
            [',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (!Array.TrueForAll(secrets, secret => secret.StartsWith("whsec_", StringComparison.Ordinal)))
            faults.Add($"{WebhookName} is not one or several secrets of webhooks, separated by commas: each begins with whsec_.");
        return new(new StripeOptions
        {
            SecretKey = key,
            WebhookSecrets = secrets,
            ApiBase = ReadBase(configuration, faults),
            AutomaticTax = AccountSettings.Switch(configuration, TaxName, faults),
        });
    }

    private static Uri ReadBase(IConfiguration configuration, SettingFaults faults)
    {
        if (ServerSettings.Text(configuration, BaseName) is not { } text)
            return StripeOptions.StripeAddress;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            return address;
        // The secret key is sent there.
        faults.Add($"{BaseName} is not an https URL, or an http URL of this machine.");
        return StripeOptions.StripeAddress;
    }
}
