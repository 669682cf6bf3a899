using Microsoft.AspNetCore.Server.Kestrel.Core;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Settings;

/// <summary>Registers the settings, and configures the host with them.</summary>
internal static class SettingsSetup
{
    /// <summary>
    /// The time for running requests after SIGTERM. Together with the commits that follow and the exit of the process, a stop takes at most
    /// 10 seconds.
    /// </summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Adds defaults, which all other configuration overrides.</summary>
    public static void AddDefaults(this ConfigurationManager configuration)
    {
        var defaults = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            // Its errors repeat, with a stack trace, a failed start that is already reported. Failures of a running server are Critical.
            ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
            // It repeats the response of each failed probe.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            // Orleans describes each step of a silo, and Polly each call that Orleans retries.
            ["Logging:LogLevel:Orleans"] = "Warning",
            ["Logging:LogLevel:Polly"] = "Warning",
            // It warns if a stage of the stop takes long, and the stop has a time limit anyway.
            ["Logging:LogLevel:Orleans.Runtime.SiloLifecycleSubject"] = "Error",
            // A client without silos works, and looks for them each second.
            ["Logging:LogLevel:Orleans.Messaging.GatewayManager"] = "Error",
            // It describes the settings of the garbage collector.
            ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
            // Its first check compares the time with the start of the machine.
            ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
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
        builder.WebHost.UseServerDefaults();
    }

    /// <summary>Sets the transport and the limits of Kestrel.</summary>
    public static void UseServerDefaults(this IWebHostBuilder host)
    {
        // Lines of a request end with CR LF (RFC 9112). A proxy that doesn't accept a bare LF would see other requests.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        host.UseSockets(sockets =>
        {
            // Requests are short and never block, so they run on the thread that read their bytes; Turns keeps that fair. Reads wait with a
            // buffer of 4 KiB per connection, which saves a system call per read.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.WaitForDataBeforeAllocatingBuffer = false;
            // Bytes of a request that isn't read yet, such as a pipelined one, are in no budget.
            sockets.MaxReadBufferSize = Limits.SmallBodyBytes;
        });
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.BodyBytes;
            kestrel.Limits.MaxRequestBufferSize = Limits.SmallBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = Limits.Connections;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
    }
}
