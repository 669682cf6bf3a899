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

    /// <summary>
    /// Handles a request. Returns <c>null</c> if the connection is reset, and doesn't return before the end if there is no response.
    /// </summary>
    public async Task<StripeResponse?> HandleAsync(StripeRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"{request.Method} {request.Path}");
        if (OnRequest is { } first)
            await first($"{request.Method} {request.Path}");
        var fault = Faults.Take(request.Method, request.Path);
        if (fault == FakeFault.NoResponse)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }

        if (fault == FakeFault.ResetBefore)
            return null;
        var response = fault switch
        {
            FakeFault.ServerError => Render(new StripeFault(500, "api_error", "An unknown error occurred.")),
            FakeFault.Refused => Render(new StripeFault(403, "invalid_request_error", "The key has no permission.", "secret_key_required")),
            FakeFault.TooManyRequests => Render(new StripeFault(429, "invalid_request_error", "Too many requests.", "rate_limit")),
            _ => Respond(request),
        };
        return fault == FakeFault.ResetAfter ? null : response;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var received = new StripeRequest(
            request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", request.Headers.Authorization.ToString(),
            request.Headers["Stripe-Version"].ToString(), request.Headers["Idempotency-Key"].ToString(),
            await reader.ReadToEndAsync(context.RequestAborted));
        if (await HandleAsync(received, context.RequestAborted) is not { } response)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = response.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["Request-Id"] = $"req_fake{Requests.Count:D6}";
        context.Response.Headers["Stripe-Version"] = FakeStripe.ApiVersion;
        await context.Response.WriteAsync(response.Body, context.RequestAborted);
    }

    private StripeResponse Respond(StripeRequest request)
    {
        try
        {
            Check(request);
            return _account.Do(store =>
            {
                var key = request.Method == "POST" ? request.IdempotencyKey : "";
                var text = $"{request.Method} {request.Path}{request.Query} {request.Body}";
                if (key.Length > 0 && _idempotency.Find(key, text, store.Seconds) is { } former)
                    return former;
                var response = Run(request);
                if (key.Length > 0)
                    _idempotency.Add(key, text, response, store.Seconds);
                return response;
            });
        }
        catch (StripeFault fault)
        {
            return Render(fault);
        }
    }

    private StripeResponse Run(StripeRequest request)
    {
        try
        {
            var isJson = request.Path.StartsWith("/v2/", StringComparison.Ordinal) && request.Method == "POST";
            var parameters = isJson
                ? request.Body.Length == 0 ? [] : JsonNode.Parse(request.Body)!.AsObject()
                : StripeForm.Parse(request.Method == "POST" ? request.Body : request.Query);
            return new(200, _account.Api.Handle(request.Method, request.Path, parameters).ToJsonString());
        }
        catch (StripeFault fault)
        {
            return Render(fault);
        }
    }

    private static void Check(StripeRequest request)
    {
        if (request.Authorization != $"Bearer {FakeStripe.SecretKey}")
            throw new StripeFault(401, "invalid_request_error", "Invalid API Key provided.");
        if (request.Version != FakeStripe.ApiVersion)
            throw StripeFault.Invalid($"The fake has the version {FakeStripe.ApiVersion} only.", "Stripe-Version");
    }

    private static StripeResponse Render(StripeFault fault)
    {
        var error = new JsonObject
        {
            ["type"] = fault.Type, ["message"] = fault.Message, ["code"] = fault.Code, ["param"] = fault.Param,
        };
        return new(fault.Status, new JsonObject { ["error"] = error }.ToJsonString());
    }
}
