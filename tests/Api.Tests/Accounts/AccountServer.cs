using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A server with a clock that tests move, and with source addresses that tests choose.</summary>
public partial class AccountServer : IAsyncLifetime
{
    public const string OperatorToken = "operator-token-of-the-tests-0123456789";

    /// <summary>Header by which a test says where a request comes from.</summary>
    public const string SourceHeader = "X-Test-Source";

    /// <summary>Header by which the server says which route it took.</summary>
    public const string RouteHeader = "X-Test-Route";

    private static readonly ConcurrentDictionary<Type, JsonNode> Documents = new();

    private readonly ConcurrentDictionary<(string Method, string Route, string Status, string? Code), bool> _answers = new();

    public TestServer Server { get; private set; } = null!;

    public virtual ManualTime Time { get; } = new(DateTimeOffset.UtcNow);

    internal IAccountStore Accounts => Server.Services.GetRequiredService<IAccountStore>();

    protected virtual string[] Args =>
    [
        "--TELEMETRYKIT_HOSTED", "true", "--TELEMETRYKIT_PUBLIC_URL", "http://telemetry.example.org",
        "--TELEMETRYKIT_OPERATOR_TOKEN", OperatorToken,
    ];

    protected virtual string LogLevel => "Warning";

    /// <summary>The iterations of a password's hash.</summary>
    protected virtual int HashIterations => 1_000;

    /// <summary>Changes the services.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>The folders of all servers on the database.</summary>
    protected virtual IEnumerable<string> Folders => [Server.Folder];

    /// <summary>A folder that outlives the server; <c>null</c> for one of its own.</summary>
    protected virtual string? Folder => null;

    public virtual async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(new TestServerOptions
    {
        Args = Args,
        LogLevel = LogLevel,
        Folder = Folder,
        Services = services =>
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(Time);
            services.AddSingleton<IStartupFilter, SourceFilter>();
            // Thousands of passwords are hashed in this suite, each a fifth of a second's work as it should be.
            services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = HashIterations);
            Configure(services);
        },
    });

    public virtual async ValueTask DisposeAsync()
    {
        // All responses of the tests are described in the document. It takes long to make, so servers of a kind share one.
        if (!Documents.TryGetValue(GetType(), out var document) || !_answers.Keys.All(answer => IsDocumented(document, answer)))
            document = Documents[GetType()] = JsonNode.Parse(await Server.Client.GetStringAsync("/openapi/v1.json"))!;
        await Server.DisposeAsync();
        Assert.Empty(_answers.Keys.Where(answer => !IsDocumented(document, answer)).Order());
        GC.SuppressFinalize(this);
    }

    public Person NewPerson(string? source = null) => new(this, source);

    /// <summary>Notes an answer, to be looked up in the OpenAPI document at the end.</summary>
    public async Task NoteAsync(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(RouteHeader, out var route))
            return;
        var code = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]
            : null;
        _answers[(
            response.RequestMessage!.Method.Method.ToLowerInvariant(),
            route.Single(),
            ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture),
            code)] = true;
    }

    /// <summary>Sets a tenant's plan, as the operator does.</summary>
    public async Task SetPlanAsync(Guid tenant, string plan)
    {
        using var operates = NewPerson();
        operates.Bearer = OperatorToken;
        await operates.JsonAsync(HttpMethod.Put, $"/v1/operator/tenants/{tenant}/plan", 200, new JsonObject { ["plan"] = plan });
    }

    /// <summary>
    /// The mail of that kind to an address; waits for it. A test that advances the clock interrupts mails that are just being sent, and
    /// their next attempt is due on the same clock. So the clock is advanced if there is no mail for long.
    /// </summary>
    public async Task<string> MailAsync(string kind, string email)
    {
        string? found = null;
        var since = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            () =>
            {
                found = MailsTo(email, kind) is [.., var newest] ? newest : null;
                if (found is null && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(30))
                {
                    Time.Advance(TimeSpan.FromMinutes(1));
                    since = TimeProvider.System.GetTimestamp();
                }

                return found is not null;
            },
            $"a mail ({kind}) to {email}");
        return found!;
    }

    /// <summary>The token of the link in a mail.</summary>
    public async Task<string> LinkAsync(string kind, string email) =>
        Regex.Match(await MailAsync(kind, email), "token=([A-Za-z0-9_-]{43})").Groups[1].Value;

    /// <summary>The mails of a kind to an address, oldest first.</summary>
    public IReadOnlyList<string> MailsTo(string email, string kind)
    {
        var folders = Folders.Select(folder => new DirectoryInfo(Path.Combine(folder, MailSetup.Folder)));
        return
        [
            .. folders.Where(folder => folder.Exists).SelectMany(folder => folder.GetFiles($"*-{kind}-*.eml"))
                .OrderBy(file => file.LastWriteTimeUtc).Select(file => File.ReadAllText(file.FullName))
                .Where(mail => mail.Contains($"\r\nTo: {email}\r\n", StringComparison.OrdinalIgnoreCase)),
        ];
    }

    private static bool IsDocumented(JsonNode document, (string Method, string Route, string Status, string? Code) answer)
    {
        var response = document["paths"]![answer.Route]?[answer.Method]?["responses"]?[answer.Status];
        return response is not null
            && (answer.Code is null || response["content"]!["application/problem+json"]!["examples"]![answer.Code] is not null);
    }

    private sealed partial class SourceFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, then) =>
            {
                if (http.Request.Headers.TryGetValue(SourceHeader, out var source))
                    http.Connection.RemoteIpAddress = IPAddress.Parse(source.ToString());
                http.Response.OnStarting(() =>
                {
                    if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } endpoint
                        && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
                        http.Response.Headers[RouteHeader] = "/" + Constraint().Replace(route, "}").Trim('/');
                    return Task.CompletedTask;
                });
                return then(http);
            });
            next(app);
        };

        [GeneratedRegex(":[a-z]+}")]
        private static partial Regex Constraint();
    }
}

/// <summary>The same on PostgreSQL.</summary>
public class PostgresAccountServer : AccountServer
{
    private readonly Lazy<string> _database = new(() =>
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        return Task.Run(async () => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()).GetAwaiter().GetResult();
    });

    protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_POSTGRES", _database.Value];
}

/// <summary>The same as one's own server.</summary>
public class SelfHostedServer : AccountServer
{
    protected override string[] Args => ["--TELEMETRYKIT_PUBLIC_URL", "https://telemetry.example.org"];
}
