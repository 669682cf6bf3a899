using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>An erasure that a user asked for survives the process that accepted it.</summary>
public class ErasureTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_server_killed_after_the_request_erases_when_it_runs_again(string storage)
    {
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        var secret = RandomNumberGenerator.GetBytes(32);
        var user = Convert.ToHexStringLower(SHA256.HashData([.. "telemetrykit:user:my-cli:"u8, .. secret]));
        var batch = $$"""{"events":[{"event_type":"x","user_id":"{{user}}"},{"event_type":"x","user_id":"another"}]}""";
        Assert.Equal(2, (await PostAsync(server, "/v1/events", batch)).GetProperty("accepted").GetInt32());
        var body = $$"""{"secret":"{{Base64Url.EncodeToString(secret)}}","service_name":"my-cli"}""";
        var id = (await PostAsync(server, "/v1/erase", body)).GetProperty("id").GetString();
        server.KillHard();
        await server.StartAsync();

        var receipt = await ReceiptAsync(server, id!);
        Assert.Equal(1, receipt.GetProperty("events_erased").GetInt32());
        Assert.Equal(1, (await store.CountAsync()).Events);
        await server.EventuallyAsync("overview?days=3", o => o.GetProperty("events").GetInt64() == 1);
    }

    // The job runs once a minute, and the lease of a killed process ends after two.
    private static async Task<JsonElement> ReceiptAsync(ServerProcess server, string id)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(500))
        {
            var receipt = JsonDocument.Parse(await server.Http.GetStringAsync($"/v1/erasures/{id}")).RootElement;
            if (receipt.GetProperty("state").GetString() == "done")
                return receipt;
            Assert.True(since.Elapsed < ServerExtensions.Timeout + TimeSpan.FromMinutes(2), $"{receipt}");
        }
    }

    private static async Task<JsonElement> PostAsync(ServerProcess server, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Write);
        using var response = await server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
