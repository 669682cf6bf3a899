using System.Diagnostics;
using System.Net.Http.Headers;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Read;

/// <summary>Asks a server for statistics of a range of days and measures the time of each response.</summary>
internal sealed class ReadClient(ServerProcess server, int days)
{
    /// <summary>Returns the milliseconds of a response.</summary>
    public async Task<double> AskAsync(BenchProject project, string question)
    {
        var before = Stopwatch.GetTimestamp();
        await GetAsync(project, question);
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>Returns the milliseconds of a route that does nothing.</summary>
    public async Task<double> AskEmptyAsync()
    {
        var before = Stopwatch.GetTimestamp();
        using var response = await server.Http.GetAsync(new Uri("/health/live", UriKind.Relative));
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsStringAsync();
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>Returns the body of a response.</summary>
    public async Task<string> GetAsync(BenchProject project, string question)
    {
        var separator = question.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"/v1/stats/{question}{separator}days={days}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", project.ReadKey);
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }
}
