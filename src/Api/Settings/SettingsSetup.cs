using Microsoft.AspNetCore.Server.Kestrel.Core;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Settings;

/// <summary>Registers settings and what follows from them for the host itself.</summary>
internal static class SettingsSetup
{
    /// <summary>SIGTERM to exit takes at most 10 s: this for requests under way, the rest for the commits behind them and for the exit itself.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Defaults that anything the operator says overrides.</summary>
    public static void AddDefaults(this ConfigurationManager configuration)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            // Its Error repeats, with a stack trace, a start that failed and was explained; what stops a running server is Critical.
            ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
            // It repeats, at each probe that fails, what is in the response.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            ["Logging:Console:FormatterName"] = "simple",
            ["Logging:Console:FormatterOptions:SingleLine"] = "true",
            ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
            ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        };
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = defaults });
    }

    /// <summary>Registers the settings and the clock.</summary>
    public static void AddSettings(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>Sets Kestrel's limits and the default address.</summary>
    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (!ListenAddresses.AreSet(builder.Configuration))
            builder.WebHost.UseUrls(ServerSettings.DefaultUrl);
        builder.WebHost.UseSockets(sockets =>
        {
            // Requests do little and never block, so they run where their bytes were read, without a hop to another thread; and a
            // connection's read waits in its buffer (4 KiB) instead of asking the kernel once more whether there is something to read.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.BodyBytes;
            // What is buffered for a request that isn't read yet, such as one that is pipelined behind another, is in no budget.
            kestrel.Limits.MaxRequestBufferSize = Limits.SmallBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = Limits.Connections;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
    }
}
