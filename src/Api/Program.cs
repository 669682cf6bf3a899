using System.Globalization;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Github;
using TelemetryKit.Api.Admin;
using TelemetryKit.Api.Audit;
using TelemetryKit.Api.Demo;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Installs;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Problems;
using TelemetryKit.Api.Projects;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Start;
using TelemetryKit.Api.Stats;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Api.Usage;

namespace TelemetryKit.Api;

/// <summary>The server: what it is made of, in order. Each folder beside this file is one of the lines below.</summary>
public static class Program
{
    /// <summary>Runs the server alone: the embedded default.</summary>
    public static Task<int> Main(string[] args) => RunAsync(args);

    /// <summary>
    /// Runs the server until it is told to stop. Answers the process' exit code: 0 after an orderly end, 2 where settings are wrong, 1 where the start failed otherwise.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="host">What a host other than this process changes about the services, such as where grains live.</param>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? host = null)
    {
        UseInvariantCulture();
        if (args is [AdminCommands.Word, .. var command])
            return await AdminCommands.RunAsync(command, CreateBuilder(CommandLine.Parse([])).Configuration, Console.Out, Console.Error);
        var commandLine = CommandLine.Parse(args);
        if (commandLine.Help)
            return Help.Print(Console.Out);

        var builder = CreateBuilder(commandLine);
        var settings = ServerSettings.Read(builder.Configuration, commandLine);
        if (settings.Faults.Count > 0)
            return settings.Faults.Print(Console.Error);

        await using var app = Build(builder, settings.Value, host);
        return await app.RunToEndAsync(Console.Error);
    }

    // What the server reads, writes and compares is the same in every country.
    private static void UseInvariantCulture()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }

    /// <summary>Puts the server together without starting it.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, ServerSettings settings, Action<WebApplicationBuilder>? host = null)
    {
        builder.AddKestrel();
        builder.AddLogs();
        builder.Services.AddSettings(settings);
        builder.Services.AddTelemetryKit(settings);
        builder.Services.AddAccess();
        builder.Services.AddIngest();
        builder.Services.AddStats();
        builder.Services.AddMail(settings);
        builder.Services.AddAccounts(settings);
        builder.Services.AddTenants();
        builder.Services.AddNotices();
        builder.Services.AddKeys();
        builder.Services.AddAdmin();
        builder.Services.AddOperations();
        builder.Services.AddOpenApiDocument();
        builder.Services.AddDemo(settings);
        builder.Services.AddStart();
        host?.Invoke(builder);

        var app = builder.Build();
        app.UseTrustedProxies(settings.Proxies);
        app.UseTraceTags();
        app.UseProblems();
        app.UseCors();
        app.UseGithub(settings.Accounts.Github);
        app.MapIngest();
        app.MapStats();
        app.MapInstalls();
        app.MapAccounts(settings);
        app.MapTenants();
        app.MapUsage();
        app.MapProjects();
        app.MapKeys();
        app.MapAudit();
        app.MapAdmin();
        app.MapOperations();
        app.MapOpenApiDocument();
        return app;
    }

    /// <summary>A builder with our defaults beneath everything the environment and the command line say.</summary>
    internal static WebApplicationBuilder CreateBuilder(CommandLine commandLine)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = commandLine.Rest, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddDefaults();
        return builder;
    }
}
