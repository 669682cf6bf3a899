using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
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
    private const int MaxFailures = 25;

    private readonly ConcurrentDictionary<string, string> _failures = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<ApiOperation, bool> _succeeded = new();
    private ApiDocument _document = null!;
    private HttpClient _client = null!;

    [Fact]
    public async Task Every_response_is_described_and_contains_nothing_foreign()
    {
        _document = new((await (await server.Server.Client.GetAsync("/openapi/v1.json")).JsonAsync(200)));
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
        _client = client;
        var (requests, seed) = (Setting("FUZZ_REQUESTS", 10_000), Setting("FUZZ_SEED", 1));
        var rounds = Enumerable.Range(seed, (requests + RoundSize - 1) / RoundSize);
        await Parallel.ForEachAsync(
            rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (round, _) => await RunAsync(round));

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"Seed {seed}, {requests} requests, {_document.Operations.Count} operations");
        foreach (var (status, count) in _statuses.OrderBy(status => status.Key))
            output.WriteLine($"{status}: {count}");
        output.WriteLine("Never successful: " + string.Join(
            ", ", _document.Operations.Except(_succeeded.Keys).Select(operation => $"{operation.Method} {operation.Path}")));
        Assert.True(_failures.IsEmpty, string.Join("\n\n", _failures.Values.Take(MaxFailures)));
        Assert.DoesNotContain(server.Server.Logs.Lines, line => line.Contains("A request failed", StringComparison.Ordinal));
        // Otherwise the values are so hostile that they test nothing but the first check.
        if (requests >= 10_000)
            Assert.True(_succeeded.Count > _document.Operations.Count * 2 / 3, $"Only {_succeeded.Count} operations ever succeeded.");
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
            var operation = _document.Next(random);
            var request = FuzzRequest.Create(operation, world, values, random);
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
            // A stream of events has no end.
            var text = type == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
            // Kestrel refuses what isn't HTTP before any route or header of ours.
            if (!response.Headers.Contains("X-Content-Type-Options"))
                return status is 400 or 413 or 414 or 431 && text.Length == 0 ? null : $"{status} without the headers of every response";
            if (status < 400)
            {
                _succeeded[request.Operation] = true;
                if (response.Headers.CacheControl?.NoStore != true)
                    return $"{status} may be stored";
            }
            else if (FindProblemFault(request, response, text) is { } fault)
            {
                return $"{status}: {fault}\n  {text}";
            }

            return world.FindForeign(text, request.Text) is { } foreign
                ? $"{status} contains something foreign\n  {foreign}\n  {text}"
                : null;
        }
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
        if (status >= 500 && (status != 503 || !request.Operation.Describes(503, code)))
            return "an error of the server";
        // Only if the request reached this operation.
        return request.Method == request.Operation.Method && response.Headers.TryGetValues(AccountServer.RouteHeader, out var route)
            && route.Single() == request.Operation.Path && !request.Operation.Describes(status.Value, code)
            ? $"the code {code} is not described"
            : null;
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteFuzzerTests(AccountServer server) : FuzzerTests(server), IClassFixture<AccountServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresFuzzerTests(PostgresAccountServer server) : FuzzerTests(server), IClassFixture<PostgresAccountServer>;
