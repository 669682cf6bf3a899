using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Packages.Tests.Hosting;

public sealed class HostTests : IDisposable
{
    private readonly Recording _recording = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public async Task Options_are_read_from_the_configuration_with_defaults_for_services()
    {
        await using var service = await Service.Start(
            Service.Builder(
                _recording, "Production", ("TelemetryKit:BatchEvents", "7"), ("TelemetryKit:Timeout", "00:00:03"),
                ("TelemetryKit:Endpoint", "https://telemetry.example.org"), ("TelemetryKit:Context:region", "eu")),
            _recording);
        var options = service.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value;
        Assert.Equal(7, options.BatchEvents);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Timeout);
        Assert.Equal(new Uri("https://telemetry.example.org"), options.Endpoint);
        Assert.Equal("eu", options.Context["region"]);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Interval);
        Assert.Equal("orders", options.ServiceName);
    }

    [Theory]
    [InlineData("ftp://example.org")]
    [InlineData("example.org")]
    public async Task A_host_with_invalid_options_does_not_start_and_reports_every_fault(string endpoint)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = "Production" });
        builder.Services.AddTelemetryKit(options =>
        {
            options.Key = "tk_read_0";
            options.Endpoint = new(endpoint, UriKind.RelativeOrAbsolute);
            options.Interval = TimeSpan.Zero;
            options.BatchEvents = 5_000;
        });
        builder.Services.Configure<TelemetryKit.Hosting.TelemetryHostingOptions>(options => options.FlushTimeout = TimeSpan.FromHours(1));
        using var host = builder.Build();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));
        var faults = exception is AggregateException several
            ? string.Join('\n', several.InnerExceptions.Select(e => e.Message))
            : exception.Message;
        foreach (var option in (string[])["Key", "Endpoint", "Interval", "BatchEvents", "FlushTimeout"])
            Assert.Contains("TelemetryKit:" + option + " must", faults, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", null, true)]
    [InlineData("Development", null, false)]
    [InlineData("Development", "true", true)]
    [InlineData("Production", "false", false)]
    public async Task Recording_depends_on_the_environment_and_the_option_Enabled(string environment, string? enabled, bool records)
    {
        (string, string)[] settings = enabled is null ? [] : [("TelemetryKit:Enabled", enabled)];
        await using var service = await Service.Start(Service.Builder(_recording, environment, settings), _recording);
        var client = service.Services.GetRequiredService<ITelemetryClient>();
        Assert.Equal(records, client.IsEnabled);
    }

    [Fact]
    public async Task Options_are_not_validated_if_telemetry_is_disabled()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = "Development" });
        builder.Services.AddTelemetryKit();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(host.Services.GetRequiredService<ITelemetryClient>().IsEnabled);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Events_that_services_record_while_stopping_are_sent()
    {
        var builder = Service.Builder(_recording);
        builder.Services.AddHostedService<RecordsWhileStopping>();
        await using var service = await Service.Start(builder, _recording);
        await service.Stop();
        Assert.Equal("goodbye", Assert.Single(_recording.Arrived).Metadata["feature"]);
    }

    [Fact]
    public async Task A_backend_that_does_not_respond_delays_stopping_by_at_most_the_timeout()
    {
        var builder = Service.Builder(
            _recording, "Production", ("TelemetryKit:FlushTimeout", "00:00:00.3"), ("TelemetryKit:Timeout", "00:01:00"));
        builder.Services.Configure<TelemetryOptions>(options =>
        {
            options.Backends.Clear();
            options.Backends.Add(new Silent());
        });
        await using var service = await Service.Start(builder, _recording);
        service.Services.GetRequiredService<ITelemetryClient>().TrackFeature("x");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await service.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Adding_it_twice_results_in_one_client_with_both_configurations()
    {
        var builder = Service.Builder(_recording);
        builder.Services.AddTelemetryKit(options => options.Context["library"] = "yes");
        await using var service = await Service.Start(builder, _recording);
        Assert.Single(service.Services.GetServices<ITelemetryClient>());
        Assert.Equal("yes", service.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Context["library"]);
    }

    [Fact]
    public async Task The_client_logs_its_activity_at_debug_level()
    {
        var builder = Service.Builder(_recording);
        var lines = new Lines();
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(lines);
        await using var service = await Service.Start(builder, _recording);
        service.Services.GetRequiredService<ITelemetryClient>().TrackFeature("a-feature");
        await service.Stop();
        Assert.Contains(
            lines.Logged,
            line => line.StartsWith("TelemetryKit.TelemetryKitClient: 1 events to recording", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Logged, line => line.Contains("a-feature", StringComparison.Ordinal));
    }

    private sealed class RecordsWhileStopping(ITelemetryClient telemetry) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            telemetry.TrackFeature("goodbye");
            return Task.CompletedTask;
        }
    }

    private sealed class Silent : ITelemetryBackend
    {
        public string Name => "silent";

        public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return SendResult.Delivered();
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly string _category;

        public Lines()
            : this("", new())
        {
        }

        private Lines(string category, ConcurrentQueue<string> lines) => (_category, _lines) = (category, lines);

        public IReadOnlyCollection<string> Logged => _lines;

        public ILogger CreateLogger(string categoryName) => new Lines(categoryName, _lines);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(_category + ": " + formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
