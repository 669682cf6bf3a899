using Microsoft.AspNetCore.HttpOverrides;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Http;

/// <summary>Takes from trusted proxies whom they forward for, and whether that came over HTTPS. The host is not taken: nothing here follows from what a request calls us.</summary>
internal static class Forwarding
{
    /// <summary>Adds it in front of all that asks for a request's source, where there are such proxies at all.</summary>
    public static void UseTrustedProxies(this WebApplication app, TrustedProxies proxies)
    {
        if (proxies.Networks.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // From the last hop backwards through every trusted one: the first that isn't trusted is the source, and what it says of others is not believed.
            ForwardLimit = null,
        };
        // The defaults trust loopback.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies.Networks)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}
