using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

internal static class ServerExtensions
{
    /// <summary>What an author sends is visible within this.</summary>
    public static readonly TimeSpan Visible = TimeSpan.FromSeconds(2);

    /// <summary>For what has no bound of its own: only so that a test ends, on a machine that is busy with something else, too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>A statistics answer, asked for with a read key.</summary>
    public static async Task<JsonElement> StatsAsync(this ServerProcess server, string query, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/stats/" + query, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? Keys.Read);
        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {query}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Asks until the answer is right, for as long as it may take to be; then fails with the last answer.</summary>
    public static Task EventuallyAsync(this ServerProcess server, string query, Func<JsonElement, bool> isRight) => server.EventuallyAsync(query, Keys.Read, isRight);

    /// <inheritdoc cref="EventuallyAsync(ServerProcess, string, Func{JsonElement, bool})"/>
    public static async Task EventuallyAsync(this ServerProcess server, string query, string key, Func<JsonElement, bool> isRight)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            var asked = since.Elapsed;
            var answer = await server.StatsAsync(query, key);
            if (isRight(answer))
                return;
            Assert.True(asked < Visible, $"GET {query} still answers {answer} after {asked.TotalSeconds:N1} s.");
            await Task.Delay(50);
        }
    }

    /// <summary>The first group of a pattern in what the server writes, which may come a while after it is ready.</summary>
    public static async Task<string> FindInOutputAsync(this ServerProcess server, string pattern, TimeSpan within)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (Regex.Match(server.Output, pattern) is { Success: true } match)
                return match.Groups[1].Value;
            Assert.True(since.Elapsed < within && server.IsRunning, $"Not in {within}: {pattern}\n{server.Output}");
        }
    }

    /// <summary>Every event counts exactly once: among the events, in the usage and in the rollups, as each server tells them.</summary>
    public static async Task HoldExactlyAsync(this TestStore store, long events, params ServerProcess[] servers)
    {
        Assert.Equal(new Stored(events, events, events), await store.CountAsync());
        foreach (var server in servers)
            await server.EventuallyAsync("overview?days=3", o => o.GetProperty("events").GetInt64() == events);
    }
}
