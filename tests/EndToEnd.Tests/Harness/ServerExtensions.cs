using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Harness;

internal static class ServerExtensions
{
    /// <summary>The time within which sent events are visible in statistics.</summary>
    public static readonly TimeSpan Visible = TimeSpan.FromSeconds(2);

    /// <summary>A timeout for operations without a promised duration, which is sufficient on a busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>Returns the result of a statistics route.</summary>
    public static async Task<JsonElement> StatsAsync(this ServerProcess server, string query, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/stats/" + query, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? Keys.Read);
        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {query}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Repeats the query until the result is as expected. Fails if it isn't within <see cref="Visible"/>.</summary>
    public static Task EventuallyAsync(this ServerProcess server, string query, Func<JsonElement, bool> isExpected) =>
        server.EventuallyAsync(query, Keys.Read, isExpected);

    /// <inheritdoc cref="EventuallyAsync(ServerProcess, string, Func{JsonElement, bool})"/>
    public static async Task EventuallyAsync(this ServerProcess server, string query, string key, Func<JsonElement, bool> isExpected)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            var sentAt = since.Elapsed;
            var result = await server.StatsAsync(query, key);
            if (isExpected(result))
                return;
            Assert.True(sentAt < Visible, $"GET {query} still returns {result} after {sentAt.TotalSeconds:N1} s.");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until the output of the server matches a pattern, and returns the first group of the match.</summary>
    public static async Task<string> FindInOutputAsync(this ServerProcess server, string pattern, TimeSpan within)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (Regex.Match(server.Output, pattern) is { Success: true } match)
                return match.Groups[1].Value;
            Assert.True(since.Elapsed < within && server.IsRunning, $"Not in {within}: {pattern}\n{server.Output}");
        }
    }

    /// <summary>Asserts that every event counts exactly once: in the events, the usage and the statistics of each server.</summary>
    public static async Task HoldExactlyAsync(this TestStore store, long events, params ServerProcess[] servers)
    {
        Assert.Equal(new Stored(events, events, events), await store.CountAsync());
        foreach (var server in servers)
            await server.EventuallyAsync("overview?days=3", o => o.GetProperty("events").GetInt64() == events);
    }
}
