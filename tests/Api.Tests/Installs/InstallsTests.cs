using System.Net;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Installs;

public sealed class InstallsTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("anon_abc123")]
    [InlineData("with a blank, ümläut + plus?")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    public async Task All_data_of_an_install_is_deleted(string userId)
    {
        var project = await _server.NewProjectAsync();
        var escaped = System.Text.Json.JsonEncodedText.Encode(userId);
        await project.SendAsync($$"""
            {"events":[{"event_type":"x","user_id":"{{escaped}}"},{"event_type":"x","user_id":"{{escaped}}"},
                       {"event_type":"x","user_id":"other"}]}
            """);
        await project.SendAsync($$"""{"events":[{"event_type":"x","user_id":"{{escaped}}"}]}""", project.TestKey);

        Assert.Equal(3, (int?)(await DeleteAsync(project, userId))["deleted_events"]);
        await Eventually.TrueAsync(
            async () => (int?)(await project.ReadAsync("/v1/stats/overview"))["events"] == 1,
            "only the event of the other install is left");
        Assert.Equal(1, (int?)(await project.ReadAsync("/v1/stats/overview"))["installs"]);
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview?env=test"))["events"]);
        Assert.Single((await project.ReadAsync("/v1/stats/events"))["items"]!.AsArray());
        Assert.Equal(0, (int?)(await DeleteAsync(project, userId))["deleted_events"]);
    }

    [Fact]
    public async Task A_forgotten_install_is_gone_from_the_next_answer()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""{"events":[{"event_type":"x","user_id":"a"},{"event_type":"x","user_id":"b"}]}""");
        await Eventually.TrueAsync(async () => await EventsAsync() == 2, "both events are counted");
        for (var left = 1; left >= 0; left--)
        {
            await DeleteAsync(project, left == 1 ? "a" : "b");
            Assert.Equal(left, await EventsAsync());
        }

        async Task<int?> EventsAsync() => (int?)(await project.ReadAsync("/v1/stats/overview"))["events"];
    }

    [Fact]
    public async Task Only_a_read_key_can_delete()
    {
        var project = await _server.NewProjectAsync();
        var response = await _server.Client.SendAsync(Request.Of(HttpMethod.Delete, "/v1/installs/anon", project.LiveKey));
        await response.IsProblemAsync(403, "wrong_key");
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.Client.DeleteAsync("/v1/installs/anon")).StatusCode);
    }

    [Fact]
    public async Task An_id_that_is_too_long_is_an_invalid_parameter()
    {
        var project = await _server.NewProjectAsync();
        var path = "/v1/installs/" + new string('a', 1_025);
        var response = await _server.Client.SendAsync(Request.Of(HttpMethod.Delete, path, project.ReadKey));
        await response.IsProblemAsync(400, "invalid_parameter");
    }

    private async Task<System.Text.Json.Nodes.JsonObject> DeleteAsync(TestProject project, string userId)
    {
        var path = "/v1/installs/" + Uri.EscapeDataString(userId);
        using var response = await _server.Client.SendAsync(Request.Of(HttpMethod.Delete, path, project.ReadKey));
        return await response.JsonAsync(200);
    }
}
