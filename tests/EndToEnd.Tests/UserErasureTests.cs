using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>Users erase themselves with the tool alone, and nobody else.</summary>
public class UserErasureTests
{
    private const int Flood = 40;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Users_erase_themselves_online_and_offline_and_everything_else_is_counted_as_before(string storage)
    {
        await using var store = await TestStore.CreateAsync(storage);
        store.Environment["TELEMETRYKIT_TRUSTED_PROXIES"] = "127.0.0.1";
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        var endpoint = server.Address.ToString();
        using var online = NewInstallation(endpoint);
        using var offline = NewInstallation(endpoint);
        using var stranger = NewInstallation(endpoint);
        using var rest = NewInstallation(endpoint);
        await online.SendAsync("search", "search", "export");
        await offline.SendAsync("search", "print");
        await rest.SendAsync("search", "export", "export");
        await server.EventuallyAsync("overview?days=3", o => o.GetProperty("events").GetInt64() == 8);

        // Online.
        Assert.Contains("The receipt is signed by the server.", await online.RunCommandAsync("delete"), StringComparison.Ordinal);

        // A secret that no event was sent with.
        await WriteSecretAsync(stranger, RandomNumberGenerator.GetBytes(32));
        Assert.Contains("The receipt is signed by the server.", await stranger.RunCommandAsync("delete"), StringComparison.Ordinal);

        // Offline: the next run sends it before its own events, which have a new id.
        offline.Endpoint = "http://127.0.0.1:9";
        Assert.Contains("The request waits", await offline.RunCommandAsync("delete"), StringComparison.Ordinal);
        offline.Endpoint = endpoint;
        await offline.SendAsync("later");
        Assert.False(File.Exists(Path.Combine(await offline.FolderAsync(), "erase-pending")));

        // A flood of erasures from another source.
        List<int> statuses = [];
        for (var i = 0; i < Flood; i++)
            statuses.Add(await EraseAsync(server, RandomNumberGenerator.GetBytes(32)));
        Assert.All(statuses, status => Assert.True(status is 202 or 429, $"{status}"));
        Assert.True(statuses.Count(status => status == 429) > Flood / 2, string.Join(' ', statuses));
        await rest.SendAsync("print");

        Assert.Equal(3, await ErasedAsync(online));
        Assert.Equal(2, await ErasedAsync(offline));
        Assert.Equal(0, await ErasedAsync(stranger));

        // A recount of what the remaining installs have sent.
        string[] remaining = ["search", "export", "export", "print", "later"];
        await server.EventuallyAsync("overview?days=3", o => o.GetProperty("events").GetInt64() == remaining.Length);
        Assert.Equal(remaining.Length, (await store.CountAsync()).Events);
        // The one that nobody erased, and the new id of the one that was offline.
        Assert.Equal(2, (await server.StatsAsync("overview?days=3")).GetProperty("installs").GetInt64());
        var top = (await server.StatsAsync("top?by=feature&days=3")).GetProperty("items").EnumerateArray()
            .Select(item => (item.GetProperty("value").GetString(), item.GetProperty("events").GetInt32())).Order();
        Assert.Equal(remaining.GroupBy(name => name).Select(group => ((string?)group.Key, group.Count())).Order(), top);
    }

    private static async Task<int> EraseAsync(ServerProcess server, byte[] secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/erase");
        request.Content = new StringContent(
            $$"""{"secret":"{{Base64Url.EncodeToString(secret)}}","service_name":"my-cli"}""",
            Encoding.UTF8, "application/json");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Write);
        using var response = await server.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static ToolInstallation NewInstallation(string endpoint) => new("my-cli", Keys.Write, endpoint);

    private static async Task WriteSecretAsync(ToolInstallation tool, byte[] secret)
    {
        var folder = await tool.FolderAsync();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "erasure-secret"), Base64Url.EncodeToString(secret));
    }

    /// <summary>Waits until the server has erased, and returns the number of events of the receipt.</summary>
    private static async Task<int> ErasedAsync(ToolInstallation tool)
    {
        // The job of the server runs once a minute.
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(2_000))
        {
            var status = await tool.RunCommandAsync("status");
            if (Regex.Match(status, @"done \S+, (\d+) events erased") is { Success: true } done)
            {
                Assert.Contains("The receipt is signed by the server.", status, StringComparison.Ordinal);
                return int.Parse(done.Groups[1].Value);
            }

            Assert.True(since.Elapsed < ServerExtensions.Timeout + TimeSpan.FromMinutes(2), status);
        }
    }
}
