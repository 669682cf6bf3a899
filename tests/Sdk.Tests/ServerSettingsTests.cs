using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Keys and addresses as people set them, with blanks, line ends and too long paths.</summary>
public sealed class ServerSettingsTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Theory]
    [InlineData(Clients.Key + "\n")]
    [InlineData(Clients.Key + "\r\n")]
    [InlineData(" \t" + Clients.Key + " ")]
    public void A_key_is_trimmed(string key)
    {
        foreach (var byVariable in new[] { true, false })
        {
            if (byVariable)
                _host.Variables["TELEMETRYKIT_KEY"] = key;
            else
                _host.Variables.Remove("TELEMETRYKIT_KEY");
            using var client = Clients.Consenting(_host, _server, options => options.Key = byVariable ? "tk_live_other" : key);
            client.TrackFeature("x");
            Assert.True(client.FlushAll());
        }

        Assert.Equal(2, _server.Requests.Count);
        Assert.All(_server.Requests, request => Assert.Contains(
            "Authorization: Bearer " + Clients.Key + "\r\n", request.Head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("KEY\nX-A: b")]
    [InlineData("KEY\r\n\r\nGET / HTTP/1.1")]
    [InlineData("two words")]
    [InlineData("ключ")]
    [InlineData("\"quoted\"")]
    [InlineData("abc")]
    [InlineData("tk_read_0123456789abcdefghijABCDEFGHIJkl")]
    [InlineData("tk_live_0123456789abcdefghijABCDEFGHIJk")]
    [InlineData("tk_live_0123456789abcdefghijABCDEFGHIJklm")]
    [InlineData("tk_live_0123456789abcdefghijABCDEFGHIJk-")]
    [InlineData("TK_LIVE_0123456789abcdefghijABCDEFGHIJkl")]
    [InlineData("")]
    [InlineData(null)]
    public void A_malformed_key_is_reported_and_its_events_are_kept(string? key)
    {
        var messages = new List<string>();
        void Configure(TelemetryOptions options)
        {
            options.Key = key;
            options.Log = messages.Add;
        }

        using (var client = Clients.Consenting(_host, _server, Configure))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
            Assert.Equal(1, client.GetQueueStatus().Events);
        }

        Assert.Empty(_server.Requests);
        var fault = key?.StartsWith("tk_read_", StringComparison.Ordinal) == true ? "the key is a read key" : "the key is malformed";
        Assert.Contains(messages, message => message.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(messages, message => key?.Length > 0 && message.Contains(key, StringComparison.Ordinal));
        // With a proper key they are sent.
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Single(_server.Events);
    }

    [Theory]
    [InlineData("{0}/v1/events")]
    [InlineData("{0}/v1/events/")]
    [InlineData("{0}/v1")]
    [InlineData("{0}/events")]
    [InlineData("{0}/v1/erase/")]
    [InlineData("{0}//")]
    [InlineData("{0}/?x=1")]
    [InlineData("{0}/#top")]
    [InlineData("  {0}\r\n")]
    [InlineData("{0}")]
    public void The_known_path_and_blanks_of_an_address_are_stripped(string format)
    {
        _host.Variables["TELEMETRYKIT_ENDPOINT"] = string.Format(format, _server.Endpoint.GetLeftPart(UriPartial.Authority));
        using var client = Clients.Consenting(_host);
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        Assert.Equal("/v1/events", Assert.Single(_server.Requests).Path);
    }

    [Fact]
    public void A_path_of_a_proxy_is_kept()
    {
        using (var client = Clients.Consenting(_host, null, options => options.Endpoint = new(_server.Endpoint, "telemetry/v1/events?x=1")))
        {
            client.TrackFeature("x");
            Assert.True(client.FlushAll());
        }

        Assert.Equal("/telemetry/v1/events", Assert.Single(_server.Requests).Path);
    }

    [Theory]
    [InlineData("telemetry.example.org")]
    [InlineData("ftp://example.org")]
    [InlineData("http://")]
    [InlineData("https:///v1/events")]
    [InlineData("http://exa mple.org")]
    [InlineData("http://example.org:99999")]
    public void A_malformed_address_is_reported_and_the_events_are_kept(string address)
    {
        var messages = new List<string>();
        _host.Variables["TELEMETRYKIT_ENDPOINT"] = address;
        using var client = Clients.Consenting(_host, _server, options => options.Log = messages.Add);
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        Assert.Equal(1, client.GetQueueStatus().Events);
        Assert.Contains(messages, message => message.Contains("the endpoint is malformed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public void A_response_that_only_a_wrong_address_causes_keeps_the_events(int status)
    {
        _server.Respond = _ => FakeServer.Problem(status, "not_found");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
            Assert.Equal(1, client.GetQueueStatus().Events);
        }

        _server.Respond = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromHours(2));
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Single(_server.Delivered);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("OFF ")]
    [InlineData("0\r")]
    [InlineData("")]
    public void A_variable_of_CI_that_is_switched_off_is_no_CI(string value)
    {
        _host.Variables["CI"] = value;
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        Assert.False(Assert.Single(_server.Requests).Json.GetProperty("context").GetProperty("ci").GetBoolean());
    }

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
    }
}
