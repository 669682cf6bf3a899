using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TelemetryKit.Support.Stripe;

/// <summary>The HTTP server of the fake: keys, versions, idempotency, faults and errors.</summary>
internal sealed class StripeServer : IAsyncDisposable
{
    private readonly StripeAccount _account;
    private readonly IdempotencyKeys _idempotency = new();
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private StripeServer(StripeAccount account, int port)
    {
        _account = account;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>The faults of the next requests.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>The requests so far, as method and path.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What is done before a request is handled, with its method and path.</summary>
    public Func<string, Task>? OnRequest { get; set; }

    /// <summary>The address.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts the server on a port, or on a free one for 0.</summary>
    public static async Task<StripeServer> StartAsync(StripeAccount account, int port)
    {
        var server = new StripeServer(account, port);
        await server._app.StartAsync();
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        Requests.Enqueue($"{request.Method} {path}");
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        if (OnRequest is { } first)
            await first($"{request.Method} {path}");
        var fault = Faults.Take(request.Method, path);
        if (fault == FakeFault.NoResponse)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
            await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (fault == FakeFault.ResetBefore)
        {
            context.Abort();
            return;
        }

        var (status, response) = fault switch
        {
            FakeFault.ServerError => Render(new StripeFault(500, "api_error", "An unknown error occurred.")),
            FakeFault.Refused => Render(new StripeFault(403, "invalid_request_error", "The key has no permission.", "secret_key_required")),
            FakeFault.TooManyRequests => Render(new StripeFault(429, "invalid_request_error", "Too many requests.", "rate_limit")),
            _ => Respond(request, path, body),
        };
        if (fault == FakeFault.ResetAfter)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["Request-Id"] = $"req_fake{Requests.Count:D6}";
        context.Response.Headers["Stripe-Version"] = FakeStripe.ApiVersion;
        await context.Response.WriteAsync(response, context.RequestAborted);
    }

    private (int Status, string Body) Respond(HttpRequest request, string path, string body)
    {
        try
        {
            Check(request);
            return _account.Do(store =>
            {
                var key = request.Method == "POST" ? request.Headers["Idempotency-Key"].ToString() : "";
                var text = $"{request.Method} {path}{request.QueryString} {body}";
                if (key.Length > 0 && _idempotency.Find(key, text, store.Seconds) is { } former)
                    return former;
                var response = Run(request, path, body);
                if (key.Length > 0)
                    _idempotency.Add(key, text, response.Status, response.Body, store.Seconds);
                return response;
            });
        }
        catch (StripeFault fault)
        {
            return Render(fault);
        }
    }

    private (int Status, string Body) Run(HttpRequest request, string path, string body)
    {
        try
        {
            var isJson = path.StartsWith("/v2/", StringComparison.Ordinal) && request.Method == "POST";
            var parameters = isJson
                ? body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject()
                : StripeForm.Parse(request.Method == "POST" ? body : request.QueryString.Value ?? "");
            return (200, _account.Api.Handle(request.Method, path, parameters).ToJsonString());
        }
        catch (StripeFault fault)
        {
            return Render(fault);
        }
    }

    private static void Check(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString() != $"Bearer {FakeStripe.SecretKey}")
            throw new StripeFault(401, "invalid_request_error", "Invalid API Key provided.");
        if (request.Headers["Stripe-Version"].ToString() != FakeStripe.ApiVersion)
            throw StripeFault.Invalid($"The fake has the version {FakeStripe.ApiVersion} only.", "Stripe-Version");
    }

    private static (int Status, string Body) Render(StripeFault fault)
    {
        var error = new JsonObject
        {
            ["type"] = fault.Type, ["message"] = fault.Message, ["code"] = fault.Code, ["param"] = fault.Param,
        };
        return (fault.Status, new JsonObject { ["error"] = error }.ToJsonString());
    }
}
