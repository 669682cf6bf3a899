using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TelemetryKit.Hosting;

namespace TelemetryKit.Packages.Tests.Hosting;

/// <summary>A small service with telemetry on a free port.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Service(WebApplication app, Recording recording)
    {
        _app = app;
        Recording = recording;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Client = new() { BaseAddress = new(addresses.Single()) };
    }

    public Recording Recording { get; }

    public HttpClient Client { get; }

    /// <summary>Completes when the endpoint that never responds has received a request.</summary>
    public required Task SlowRequestStarted { get; init; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Creates the builder of a service, with settings such as <c>TelemetryKit:Interval</c>.</summary>
    public static WebApplicationBuilder Builder(
        Recording recording, string environment = "Production", params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, ApplicationName = "orders" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // The recorded events must arrive before a test reads them, even on a slow machine.
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("TelemetryKit:FlushTimeout", (string?)"00:01:00")]);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(2));
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddTelemetryKit(recording.Configure);
        return builder;
    }

    public static async Task<Service> Start(WebApplicationBuilder builder, Recording recording, bool handleExceptionsInside = false)
    {
        var app = builder.Build();
        app.UseTelemetryKit();
        if (handleExceptionsInside)
            app.UseExceptionHandler("/error");
        app.MapGet("/orders/{id}", (string id) => id);
        app.MapMethods("items", ["GET", "POST", "SECRET"], () => "");
        app.MapGet("/missing/{id}", (string id) => Microsoft.AspNetCore.Http.Results.NotFound());
        app.MapGet("/crash/{id}", string (string id) => throw new InvalidOperationException("secret"));
        var slow = new TaskCompletionSource();
        app.MapGet("/slow", (CancellationToken aborted) =>
        {
            slow.SetResult();
            return Task.Delay(Timeout.Infinite, aborted);
        });
        app.MapGet("/health", () => "").ExcludeFromTelemetry();
        app.MapGet("/quiet", [ExcludeFromTelemetry] () => "");
        app.MapGet("/error", () => "sorry");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, recording) { SlowRequestStarted = slow.Task };
    }

    public Task Stop() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
