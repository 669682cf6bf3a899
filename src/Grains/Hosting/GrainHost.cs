using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Grains.Hosting;

/// <summary>
/// The silo or client of this process. It is a host of its own, because it starts after the migrations, when the server listens already,
/// stops after the last commits, and measures time-outs with the clock of the machine.
/// </summary>
public sealed class GrainHost(
    GrainOptions options,
    LocalProjectViews views,
    TenantOperations tenants,
    ISiloFaultHandler faults,
    TimeProvider time,
    ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>The longest wait for a grain. After it, this process computes the result itself.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(1);
    private readonly List<ReservedPort> _ports = [];
    private IHost? _host;
    private volatile IGrainFactory? _grains;

    /// <summary>The grains, or <c>null</c> before the start and after the stop.</summary>
    public IGrainFactory? Grains => _grains;

    /// <summary>The services of the silo or client, for the dashboard.</summary>
    public IServiceProvider Services => Host.Services;

    private IHost Host => _host ??= Build();

    /// <summary>Starts the silo or client.</summary>
    /// <exception cref="SiloPortException">A port is in use, or the address isn't one of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Host.StartAsync(cancellationToken).ConfigureAwait(false);
        _grains = Host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>
    /// Stops the silo or client, but doesn't wait longer than until cancelled. Questions are then computed in this process.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_grains is null)
            return;
        _grains = null;
        // A silo whose database is away ignores the cancellation.
        await Host.StopAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disposes a silo or client whose start failed, so that it can be started again.</summary>
    public async Task ResetAsync()
    {
        _grains = null;
        if (_host is IAsyncDisposable host)
            await Task.WhenAny(host.DisposeAsync().AsTask(), Task.Delay(DisposeTimeout, TimeProvider.System)).ConfigureAwait(false);
        _host = null;
        foreach (var port in _ports)
            port.Dispose();
        _ports.Clear();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await ResetAsync().ConfigureAwait(false);

    private IHost Build()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.AddSingleton(views);
        builder.Services.AddSingleton(tenants);
        builder.Services.AddSingleton(new ProductClock(time));
        if (options.Role == ClusterRole.Client)
            builder.UseOrleansClient(client => ClientSetup.Configure(client, options));
        else
            builder.UseOrleans(silo => SiloSetup.Configure(silo, options, Reserve(options.SiloPort), ReserveGateway(), faults));
        return builder.Build();
    }

    private int ReserveGateway() => options.GatewayPort is { } gateway ? Reserve(gateway) : 0;

    private int Reserve(int port)
    {
        var reserved = ReservedPort.Take(options.Address, port);
        _ports.Add(reserved);
        return reserved.Number;
    }

    /// <summary>The process has another host, which handles its signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
