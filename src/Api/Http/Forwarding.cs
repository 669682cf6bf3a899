using Microsoft.AspNetCore.HttpOverrides;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Applies the forwarded source address and scheme of trusted proxies. The forwarded host is ignored: nothing depends on the host of a
/// request.
/// </summary>
internal static class Forwarding
{
    /// <summary>
    /// Adds the middleware if proxies are configured. It must precede everything that reads the source address of a request.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app, TrustedProxies proxies)
    {
        if (proxies.Networks.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // No limit: the hops are followed backwards until the first untrusted address, which is the source.
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
