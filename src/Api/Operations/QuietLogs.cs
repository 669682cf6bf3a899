namespace TelemetryKit.Api.Operations;

/// <summary>
/// Keeps out of the logs what must never be in them, whatever levels an operator sets: these categories write what a client sent, before
/// anything of ours could take a key out of it, or the address it came from. Metrics and traces say the same without either.
/// </summary>
internal static class QuietLogs
{
    private static readonly string[] Categories =
    [
        // "Request starting …" for each request. Without it, ASP.NET also makes no activity for requests that nobody traces.
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        // The first line of a request that is no HTTP, key in its path and all.
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Server.Kestrel.Connections",
    ];

    /// <summary>Switches them off for good.</summary>
    public static void AddQuietLogs(this WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            // The rule that names the provider and the longest category wins, and of equals the last one.
            var providers = options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray();
            foreach (var provider in providers)
            {
                foreach (var category in Categories)
                    options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.None, null));
            }
        });
}
