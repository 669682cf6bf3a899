using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TelemetryKit;
using TelemetryKit.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds telemetry to a service.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="ITelemetryClient"/> with options from the configuration section <c>TelemetryKit</c>. The options are validated
    /// when the host starts. Pending events are sent when the host stops.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configure">Changes the options after the configuration was read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddTelemetryKit(this IServiceCollection services, Action<TelemetryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // If both the service and one of its libraries call this, there is one client, configured by both.
        if (services.Any(service => service.ServiceType == typeof(ClientFactory)))
        {
            if (configure is not null)
                services.Configure(configure);
            return services;
        }

        services.AddOptions<TelemetryHostingOptions>().BindConfiguration(TelemetryHostingOptions.Section);
        var options = services.AddOptions<TelemetryOptions>()
            .Configure(ServiceDefaults.Apply)
            .BindConfiguration(TelemetryHostingOptions.Section)
            .PostConfigure<IHostEnvironment>(ServiceDefaults.Name)
            .ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TelemetryOptions>, OptionsValidator>());

        services.AddSingleton<TelemetrySwitch>();
        services.AddSingleton<ClientFactory>();
        services.TryAddSingleton(provider => provider.GetRequiredService<ClientFactory>().Create());
        services.AddHostedService<FlushAtStop>();
        return services;
    }
}
