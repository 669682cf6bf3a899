using System.Globalization;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Github;
using TelemetryKit.Api.Admin;
using TelemetryKit.Api.Audit;
using TelemetryKit.Api.Background;
using TelemetryKit.Api.Billing;
using TelemetryKit.Api.Cluster;
using TelemetryKit.Api.Dashboard;
using TelemetryKit.Api.Demo;
using TelemetryKit.Api.Docs;
using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Installs;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Legal;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Projects;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Sharing;
using TelemetryKit.Api.Start;
using TelemetryKit.Api.Stats;
using TelemetryKit.Api.Stats.Export;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Api.Usage;
using TelemetryKit.Api.WarmUp;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Api;

/// <summary>Composes the server from its features, in order. Each feature is a folder next to this file.</summary>
public static class Program
{
    /// <summary>
    /// Runs the server until it is stopped. Returns the exit code: 0 after a regular stop, 2 if settings are invalid or the operator has to
    /// change the database first, 1 if the start failed for another reason or the server stopped because of a fault.
    /// </summary>
    /// <param name="args">The command line.</param>
    public static Task<int> Main(string[] args)
    {
        UseInvariantCulture();
        var command = new ServerCommand(
            AdminCommands.Create(() => Configuration(new CommandLine())), HealthCommand.Create(Configuration));
        return command.RunAsync(args, commandLine => RunProcessAsync(commandLine, ProcessKind.Server), Console.Out, Console.Error);
    }

    /// <summary>
    /// Runs a silo until it is stopped: a member of a cluster with a port for clients, which serves health checks and metrics only. Returns
    /// the exit code, like <see cref="Main"/>.
    /// </summary>
    /// <param name="args">The command line.</param>
    public static Task<int> RunSiloAsync(string[] args)
    {
        UseInvariantCulture();
        return new ServerCommand(HealthCommand.Create(Configuration)).RunAsync(
            args, commandLine => RunProcessAsync(commandLine, ProcessKind.Silo), Console.Out, Console.Error);
    }

    private static ConfigurationManager Configuration(CommandLine commandLine) => CreateBuilder(commandLine).Configuration;

    // The server reads, writes and compares text the same way in every country.
    private static void UseInvariantCulture()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }

    /// <summary>Builds the server without starting it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="host">Changes the services for a test, or <c>null</c>.</param>
    internal static WebApplication Build(WebApplicationBuilder builder, ServerSettings settings, Action<WebApplicationBuilder>? host = null)
    {
        builder.AddKestrel();
        builder.AddLogs();
        builder.Services.AddSettings(settings);
        builder.Services.AddServer();
        builder.Services.AddTelemetryKit(settings);
        builder.Services.AddCluster(settings, builder.Configuration);
        builder.Services.AddHttp();
        builder.Services.AddAccess();
        builder.Services.AddIngest();
        builder.Services.AddStats();
        builder.Services.AddExport();
        builder.Services.AddLive();
        builder.Services.AddInstalls();
        builder.Services.AddErasures();
        builder.Services.AddMail(settings);
        builder.Services.AddAccounts(settings);
        builder.Services.AddTenants();
        builder.Services.AddNotices();
        builder.Services.AddBilling(settings);
        builder.Services.AddBackground();
        builder.Services.AddUsage();
        builder.Services.AddProjects();
        builder.Services.AddKeys();
        builder.Services.AddSharing();
        builder.Services.AddAudit();
        builder.Services.AddAdmin();
        builder.Services.AddOperations(builder.Configuration);
        builder.Services.AddLegal();
        builder.Services.AddDashboard();
        builder.Services.AddDocs();
        builder.Services.AddOpenApiDocument(settings);
        builder.Services.AddDemo(settings);
        builder.Services.AddWarmUp(settings);
        builder.Services.AddStart();
        host?.Invoke(builder);

        var app = builder.Build();
        app.UseTurns();
        app.UseTrustedProxies(settings.Proxies);
        app.UseTraceTags();
        app.UseResponseHeaders();
        app.UseProblems();
        app.UseHeadRequests();
        app.UseRouting();
        app.UseCors();
        app.MapOperations();
        app.MapCluster(settings);
        if (settings.Kind == ProcessKind.Server)
            app.MapApi(settings);
        return app;
    }

    private static void MapApi(this WebApplication app, ServerSettings settings)
    {
        app.UseGithub(settings.Accounts.Github);
        app.MapIngest();
        app.MapStats();
        app.MapExport();
        app.MapLive();
        app.MapInstalls();
        app.MapErasures();
        app.MapAccounts(settings);
        app.MapTenants();
        app.MapLegal();
        app.MapUsage();
        app.MapBilling(settings);
        app.MapProjects();
        app.MapKeys();
        app.MapSharing();
        app.MapAudit();
        app.MapAdmin();
        app.MapDashboard();
        app.MapDocs();
        app.MapOpenApiDocument();
    }

    /// <summary>Creates a builder. The environment and the command line override the defaults.</summary>
    internal static WebApplicationBuilder CreateBuilder(CommandLine commandLine)
    {
        var options = new WebApplicationOptions { Args = commandLine.Rest, ContentRootPath = AppContext.BaseDirectory };
        var builder = WebApplication.CreateSlimBuilder(options);
        builder.Configuration.AddDefaults();
        return builder;
    }

    private static async Task<int> RunProcessAsync(CommandLine commandLine, ProcessKind kind)
    {
        var builder = CreateBuilder(commandLine);
        var settings = ServerSettings.Read(builder.Configuration, commandLine, kind);
        if (settings.Faults.Count > 0)
            return settings.Faults.Print(Console.Error);

        WebApplication built;
        try
        {
            built = Build(builder, settings.Value);
        }
        catch (SiloPortException fault)
        {
            // The dashboard needs the silo, which reserves its ports, before the start.
            settings.Faults.Add(fault.Message);
            return settings.Faults.Print(Console.Error);
        }

        await using var app = built;
        return await app.RunToEndAsync(Console.Error);
    }
}
