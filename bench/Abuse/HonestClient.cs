using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Abuse;

/// <summary>The measurements of one phase.</summary>
/// <param name="Requests">Batches and sign-ins that were sent.</param>
/// <param name="Refused">Those with a status other than 200.</param>
/// <param name="FirstRefusal">The first such response, or <c>null</c>.</param>
/// <param name="P50Ms">The median time of a batch.</param>
/// <param name="P95Ms">Its 95th percentile.</param>
internal sealed record Phase(int Requests, int Refused, string? FirstRefusal, double P50Ms, double P95Ms);

/// <summary>
/// The users of a tool: they send batches of one event at a steady rate, each from an address of its own, whatever the server's speed; and
/// the tool's author signs in now and then. What was accepted is compared with the statistics.
/// </summary>
internal sealed class HonestClient(Target target, Keys keys) : IDisposable
{
    private const int Installs = 200;
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BetweenSignIns = TimeSpan.FromSeconds(3);
    private static readonly string[] Commands = ["build", "test", "run", "publish", "login"];
    private readonly Client _client = new(target.Url);
    private readonly Dictionary<string, int> _accepted = Commands.ToDictionary(command => command, _ => 0);
    private int _next;

    /// <summary>Sends for a time.</summary>
    public async Task<Phase> RunAsync(TimeSpan duration)
    {
        var sending = new List<Task<(string? Refusal, double Ms)>>();
        var signingIn = new List<Task<(string? Refusal, double Ms)>>();
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(BetweenBatches);
        while (await timer.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(started) < duration)
        {
            if (Stopwatch.GetElapsedTime(started) >= signingIn.Count * BetweenSignIns)
                signingIn.Add(TimeAsync(() => _client.SignInAsync("192.0.2.77", target.Email, target.Password)));
            sending.Add(SendAsync(_next++));
        }

        var batches = await Task.WhenAll(sending);
        var signIns = await Task.WhenAll(signingIn);
        var refusals = batches.Concat(signIns).Select(one => one.Refusal).OfType<string>().ToList();
        float[] times = [.. batches.Select(one => (float)one.Ms).Order()];
        return new(
            batches.Length + signIns.Length, refusals.Count, refusals.FirstOrDefault(), Percentiles.Of(times, 0.5),
            Percentiles.Of(times, 0.95));
    }

    /// <summary>
    /// Compares the statistics with what was accepted. Returns what is wrong, or <c>null</c>: each command must be listed with an interval
    /// that contains its events.
    /// </summary>
    public async Task<string?> CheckAsync()
    {
        using var response = await _client.GetAsync("192.0.2.78", "/v1/stats/top?by=command&limit=1000", keys.Read);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            return $"The statistics are {(int)response.StatusCode}: {text}";
        var items = JsonNode.Parse(text)!["items"]!.AsArray().ToDictionary(item => (string)item!["value"]!, item => item!);
        foreach (var (command, accepted) in _accepted)
        {
            if (!items.TryGetValue(command, out var item))
                return $"{command} isn't listed.";
            var (least, most) = ((int)item["events"]!, (int?)item["events_max"] ?? (int)item["events"]!);
            if (accepted < least || accepted > most)
                return string.Create(CultureInfo.InvariantCulture, $"{command} has {least} to {most} events instead of {accepted}.");
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<(string? Refusal, double Ms)> SendAsync(int number)
    {
        var command = Commands[number % Commands.Length];
        var body = Encoding.UTF8.GetBytes(
            $$$"""
            {"batch_id":"{{{Guid.NewGuid()}}}","service_version":"1.0.0","events":[{"event_type":"command_executed",
             "user_id":"user {{{number % Installs}}}","success":true,"duration_ms":120,"metadata":{"command":"{{{command}}}"}}]}
            """);
        // Each user is in another network.
        var source = string.Create(CultureInfo.InvariantCulture, $"198.{18 + (number % 2)}.{number / 2 % (Installs / 2)}.7");
        var sent = await TimeAsync(() => _client.IngestAsync(source, keys.Write, body));
        if (sent.Refusal is null)
            _accepted[command]++;
        return sent;
    }

    private static async Task<(string? Refusal, double Ms)> TimeAsync(Func<Task<HttpResponseMessage>> send)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await send();
            var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            return (response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync(), ms);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (e.Message, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }
}
