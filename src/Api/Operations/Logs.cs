using Microsoft.Extensions.Logging.Console;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// Keeps out of the logs what must never be in them, whatever levels an operator sets: these categories write what a client sent, before
/// anything of ours could take a key out of it, or the address it came from. Metrics and traces say the same without either.
/// </summary>
internal static class Logs
{
    private static readonly string[] Categories =
    [
        // "Request starting …" for each request. Without it, ASP.NET also makes no activity for requests that nobody traces.
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        // The first line of a request that is no HTTP, key in its path and all.
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Server.Kestrel.Connections",
    ];

    /// <summary>Logs to the console in the format that settings choose, without those categories.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        // The slim builder has only the simple format, and sets it over what settings say.
        builder.Logging.AddConsole();
        builder.Services.PostConfigure<ConsoleLoggerOptions>(options => options.FormatterName = builder.Configuration["Logging:Console:FormatterName"]);
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
}
