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

/// <summary>A small service with telemetry, as an author would write it, on a port of its own.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Service(WebApplication app, Recording recording)
    {
        _app = app;
        Recording = recording;
        Client = new() { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public Recording Recording { get; }

    public HttpClient Client { get; }

    /// <summary>Ends when a visitor has come to the endpoint that does not answer.</summary>
    public required Task IsSlow { get; init; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Builds a service that is not started, with settings such as <c>TelemetryKit:Interval</c>.</summary>
    public static WebApplicationBuilder Builder(
        Recording recording, string environment = "Production", params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, ApplicationName = "orders" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // What the service recorded has to arrive before a test looks, however slow the machine is.
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
        return new(app, recording) { IsSlow = slow.Task };
    }

    public Task Stop() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
