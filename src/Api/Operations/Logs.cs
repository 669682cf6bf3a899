using Microsoft.Extensions.Logging.Console;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// Disables log categories that would write raw requests or source addresses, whatever levels are configured. They are logged before the
/// server can remove a key from a request. Metrics and traces contain the same information without keys and addresses.
/// </summary>
internal static class Logs
{
    private static readonly string[] Categories =
    [
        // "Request starting …" for each request. While it is enabled, ASP.NET also creates an activity for each request, traced or not.
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        // The first line of a request that isn't valid HTTP, including a key in its path.
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Server.Kestrel.Connections",
        // The path of each request, also of one without a route, which may contain an id or a key anywhere.
        "Microsoft.AspNetCore.Routing.Matching.DfaMatcher",
    ];

    /// <summary>Adds the console logger in the configured format, without these categories.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        // The slim builder only has the simple format, and overwrites the configured one.
        builder.Logging.AddConsole();
        builder.Services.PostConfigure<ConsoleLoggerOptions>(
            options => options.FormatterName = builder.Configuration["Logging:Console:FormatterName"]);
        builder.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            // The rule with the provider and the longest category applies; the last one if there are several.
            var providers = options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray();
            foreach (var provider in providers)
            {
                foreach (var category in Categories)
                    options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.None, null));
            }
        });
    }
}
