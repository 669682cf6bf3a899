using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Billing;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>
/// Sends every operation of the OpenAPI document with valid and hostile values by every kind of caller. A new route is included by itself.
/// <c>FUZZ_REQUESTS</c> sets the number of requests for a store and <c>FUZZ_SEED</c> the seed of the first round. A failure prints the
/// seed of its round, which with <c>FUZZ_REQUESTS=250</c> repeats that round alone. Ids are new in each run.
/// </summary>
[Collection(nameof(Alone))]
public abstract class FuzzerTests(AccountServer server)
{
    private const int RoundSize = 250;
    private const int TameEvery = 5;

    // Neighbours in the document would end each other's sessions.
    private const int Stride = 37;
    private const int MaxFailures = 25;

    private const string FromMail = "needs the token of a mail";
    private const string OfFactor = "needs a code of a second factor";
    private const string NoGithub = "the server isn't connected to GitHub";

    private const string NoText = "the operator has set no texts";

    /// <summary>The operations that never succeed here, with the reason. Other tests use them.</summary>
    private static readonly Dictionary<string, string> NeverSuccessful = new()
    {
        ["POST /v1/auth/verify"] = FromMail,
        ["POST /v1/auth/password/reset"] = FromMail,
        ["POST /v1/auth/email/confirm"] = FromMail,
        ["POST /v1/auth/email/undo"] = FromMail,
        ["POST /v1/invitations/accept"] = FromMail,
        ["POST /v1/auth/second-factor"] = OfFactor,
        ["POST /v1/me/totp/confirm"] = OfFactor,
        ["POST /v1/me/totp/disable"] = OfFactor,
        ["POST /v1/me/recovery-codes"] = OfFactor,
        ["GET /v1/auth/github"] = NoGithub,
        ["DELETE /v1/me/github"] = NoGithub,
        ["POST /v1/me/github"] = NoGithub,
        ["GET /v1/legal/privacy"] = NoText,
        ["GET /v1/legal/terms"] = NoText,
    };

    /// <summary>The operator sets the plans of the tenants here, and subscriptions begin on a page of the payment provider.</summary>
    private static readonly string[] OfSubscriptions =
    [
        "POST /v1/billing/checkout", "POST /v1/billing/portal", "POST /v1/billing/change", "PUT /v1/billing/overage",
        "POST /v1/billing/return",
    ];

    /// <summary>Operations that seldom succeed, for example because only one caller can do them, and so have more turns.</summary>
    private static readonly string[] Rare =
    [
        "POST /v1/tenants/{tenant}/ownership", "POST /v1/tenants/{tenant}/deletion", "PUT /v1/projects/{project}/share",
        "GET /v1/shared/{name}", "POST /v1/me/totp", "POST /v1/auth/sign-in",
    ];
    private const int TurnsOfRare = 4;

    /// <summary>
    /// The operations that may be refused with 503 <c>overloaded</c> although the store is healthy: four rounds send requests at once, and
    /// a source has a share of the passwords that are hashed.
    /// </summary>
    private static bool MayBeOverloaded(ApiOperation operation) => operation.IsSlow;

    /// <summary>Operations whose responses must contain the caller's own marks, or else no foreign one could be in them either.</summary>
    private static readonly string[] Marked =
    [
        "GET /v1/stats/top", "GET /v1/stats/events", "GET /v1/stats/failures", "GET /v1/stats/releases", "GET /v1/stats/live",
        "GET /v1/export/events",
    ];

    private readonly ConcurrentDictionary<string, string> _failures = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<string, int> _succeeded = new();
    private readonly ConcurrentDictionary<string, int> _marked = new();
    private ApiDocument _document = null!;
    private ApiOperation[] _turns = [];
    private HttpClient _client = null!;

    [Fact]
    public async Task Every_response_is_described_and_contains_nothing_foreign()
    {
        _document = new((await (await server.Server.Client.GetAsync("/openapi/v1.json")).JsonAsync(200)));
        _turns = [.. _document.Operations.SelectMany(o => Enumerable.Repeat(o, Rare.Contains(o.Name) ? TurnsOfRare : 1))];
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
        _client = client;
        var (requests, seed) = (Setting("FUZZ_REQUESTS", 12_000), Setting("FUZZ_SEED", 1));
        var rounds = Enumerable.Range(seed, (requests + RoundSize - 1) / RoundSize);
        await Parallel.ForEachAsync(
            rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, _) => await RunAsync(round));

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"Seed {seed}, {requests} requests, {_document.Operations.Count} operations");
        foreach (var (status, count) in _statuses.OrderBy(status => status.Key))
            output.WriteLine($"{status}: {count}");
        output.WriteLine("Operations by their number of successes: " + string.Join(
            ", ", _document.Operations.Select(o => (Operation: o, Count: _succeeded.GetValueOrDefault(o.Name)))
                .OrderBy(o => o.Count).Take(24).Select(o => $"{o.Operation.Name} {o.Count}")));
        output.WriteLine("With marks: " + string.Join(", ", _marked.Select(operation => $"{operation.Key} {operation.Value}")));
        Assert.True(_failures.IsEmpty, string.Join("\n\n", _failures.Values.Take(MaxFailures)));
        Assert.DoesNotContain(server.Server.Logs.Lines, line => line.Contains("A request failed", StringComparison.Ordinal));
        // Otherwise the values are so hostile, or the marks so few, that they test nothing but the first check.
        if (requests < 12_000)
            return;
        Assert.Empty(_document.Operations.Select(o => o.Name).Except(_succeeded.Keys).Except(NeverSuccessful.Keys).Except(OfSubscriptions));
        Assert.Empty(NeverSuccessful.Keys.Intersect(_succeeded.Keys));
        Assert.Empty(NeverSuccessful.Keys.Except(_document.Operations.Select(o => o.Name)));
        Assert.Empty(Marked.Except(_marked.Keys));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : otherwise;

    private async Task RunAsync(int seed)
    {
        var world = await FuzzWorld.BuildAsync(server);
        var random = new Random(seed);
        var values = new SchemaValues(_document, world, random);
        // Throttles and caches depend on the time.
        server.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < RoundSize; i++)
        {
            // Each round has valid requests of some operations in turn, so that all operations succeed and change what follows.
            var isTame = i % TameEvery == 0;
            var operation = isTame
                ? _turns[((seed * RoundSize) + i) / TameEvery * Stride % _turns.Length]
                : _document.Next(random);
            var request = FuzzRequest.Create(operation, world, values, isTame, random);
            if (await FindFaultAsync(request, world) is not { } fault)
                continue;
            var kind = $"{operation.Method} {operation.Path} {fault.Split('\n')[0]}";
            _failures.TryAdd(kind, $"FUZZ_SEED={seed}, request {i}: {fault}\n  {request}");
        }
    }

    private async Task<string?> FindFaultAsync(FuzzRequest request, FuzzWorld world)
    {
        HttpResponseMessage response;
        try
        {
            using var message = request.ToMessage(server.Server.Url);
            response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (HttpRequestException e)
        {
            return request.IsTooLong ? null : $"No response: {e.Message} {e.InnerException?.Message}";
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            var type = response.Content.Headers.ContentType?.MediaType;
            var text = type == "text/event-stream" ? await ReadStreamAsync(response) : await response.Content.ReadAsStringAsync();
            // Kestrel refuses what isn't HTTP before any route or header of ours.
            if (!response.Headers.Contains("X-Content-Type-Options"))
                return status is 400 or 413 or 414 or 431 && text.Length == 0 ? null : $"{status} without the headers of every response";
            if (status < 400)
            {
                // Another method or an escaped slash can lead to another operation.
                if (IsOf(request.Operation, request, response))
                    _succeeded.AddOrUpdate(request.Operation.Name, 1, (_, count) => count + 1);
                if (response.Headers.CacheControl?.NoStore != true && RouteOf(response) != ApiOperation.Shared)
                    return $"{status} may be stored";
            }
            else if (FindProblemFault(request, response, text) is { } fault)
            {
                return $"{status}: {fault}\n  {text}";
            }

            if (world.Mark is { } mark && text.Contains(mark, StringComparison.Ordinal))
                _marked.AddOrUpdate(request.Operation.Name, 1, (_, count) => count + 1);
            return world.FindForeign($"{response.Headers}{response.Content.Headers}{text}", request.Text) is { } foreign
                ? $"{status} contains something foreign\n  {foreign}\n  {text}"
                : null;
        }
    }

    /// <summary>Reads a stream of events, which has no end, to its first event, or to the heartbeat that is sent if it has none.</summary>
    private async Task<string> ReadStreamAsync(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync();
        var (buffer, text) = (new byte[16 << 10], new StringBuilder());
        while (!Ends(text.ToString()))
        {
            var reading = stream.ReadAsync(buffer).AsTask();
            // The feed polls by the server's clock.
            while (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(20))) != reading)
                server.Time.Advance(TimeSpan.FromSeconds(1));
            var read = await reading;
            if (read == 0)
                break;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();

        static bool Ends(string text) =>
            text.Contains("\ndata: ", StringComparison.Ordinal) || text.Contains(": heartbeat", StringComparison.Ordinal);
    }

    private string? FindProblemFault(FuzzRequest request, HttpResponseMessage response, string text)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return "not a problem";
        if (request.Method == "HEAD")
            return (int)response.StatusCode >= 500 ? "an error of the server" : null;
        JsonNode? problem;
        try
        {
            problem = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return "not JSON";
        }

        var (status, code) = ((int?)problem?["status"], (string?)problem?["code"]);
        if (status != (int)response.StatusCode || code is null || !_document.ErrorCodes.Contains(code))
            return "a problem with another status or an unknown code";
        if (status >= 500 && (status != 503 || code != "overloaded" || !MayBeOverloaded(request.Operation)))
            return "an error of the server";
        return IsOf(request.Operation, request, response) && !request.Operation.Describes(status.Value, code)
            ? $"the code {code} is not described"
            : null;
    }

    /// <summary>Whether a request reached its operation.</summary>
    private static bool IsOf(ApiOperation operation, FuzzRequest request, HttpResponseMessage response) =>
        request.Method == operation.Method && RouteOf(response) == operation.Path;

    private static string? RouteOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(AccountServer.RouteHeader, out var route) ? route.Single() : null;
}

/// <summary>On SQLite.</summary>
public sealed class SqliteFuzzerTests(BilledServer server) : FuzzerTests(server), IClassFixture<BilledServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresFuzzerTests(PostgresAccountServer server) : FuzzerTests(server), IClassFixture<PostgresAccountServer>;
