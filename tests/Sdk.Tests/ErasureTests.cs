using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Users erase themselves with the tool alone, online and offline.</summary>
public sealed class ErasureTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();
    private bool _isDone;

    public ErasureTests() => _server.Respond = Respond;

    private string Folder => ServicePaths.Service(_host.Root, "my-cli");

    private string SecretPath => Path.Combine(Folder, "erasure-secret");

    private string PendingPath => Path.Combine(Folder, "erase-pending");

    [Fact]
    public void Delete_sends_the_proof_prints_the_receipt_and_forgets_the_id()
    {
        var sent = SendEvent();
        var secret = File.ReadAllText(SecretPath);
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains("erasure:   er_1, asked 2026-11-20T10:30:00Z, not done yet", output, StringComparison.Ordinal);
        var request = Erasures().Single();
        Assert.Contains("Authorization: Bearer " + Clients.Key, request.Head, StringComparison.Ordinal);
        Assert.Equal(secret, request.Json.GetProperty("secret").GetString());
        Assert.Equal("my-cli", request.Json.GetProperty("service_name").GetString());
        Assert.Equal(sent, Installation.UserIdOf(secret, "my-cli"));
        Assert.False(File.Exists(SecretPath));
        Assert.False(File.Exists(PendingPath));
        Assert.NotEqual(sent, SendEvent());
    }

    [Fact]
    public void The_receipt_is_shown_again_when_it_is_done()
    {
        SendEvent();
        Run("delete", out _);
        _isDone = true;
        Assert.Equal(0, Run("status", out var output));
        Assert.Contains("done 2026-11-20T10:31:00Z, 5 events erased", output, StringComparison.Ordinal);
        // A receipt that is done does not change any more.
        _server.Respond = _ => null;
        Run("status", out output);
        Assert.Contains("5 events erased", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(404)]
    [InlineData(200)]
    public void What_cannot_be_sent_waits_and_is_sent_before_anything_else(int status)
    {
        SendEvent();
        var secret = File.ReadAllText(SecretPath);
        _server.Respond = _ => FakeServer.Response(status, "<html>a portal</html>");
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains("The request waits", output, StringComparison.Ordinal);
        Assert.False(File.Exists(SecretPath));
        _server.Respond = Respond;
        _server.Requests.Clear();
        // The failure is remembered, so that a dead network costs nothing.
        SendEvent();
        Assert.Empty(Erasures());
        _server.Requests.Clear();
        _host.Time.Advance(TimeSpan.FromHours(2));
        SendEvent();
        Assert.Equal(["/v1/erase", "/v1/events"], _server.Requests.Select(request => request.Path));
        Assert.Equal(secret, Erasures().Single().Json.GetProperty("secret").GetString());
        Assert.False(File.Exists(PendingPath));
    }

    [Fact]
    public void Two_erasures_wait_together()
    {
        var secrets = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            _server.Respond = Respond;
            SendEvent();
            secrets.Add(File.ReadAllText(SecretPath));
            _server.Respond = _ => null;
            Run("delete", out _);
        }

        _server.Respond = Respond;
        _server.Requests.Clear();
        Run("status", out _);
        Assert.Equal(secrets, Erasures().Select(request => request.Json.GetProperty("secret").GetString()));
    }

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("MY_CLI_TELEMETRY", "0")]
    public void Delete_works_while_telemetry_is_off(string name, string value)
    {
        SendEvent();
        _host.Variables[name] = value;
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains("er_1", output, StringComparison.Ordinal);
        Assert.Single(Erasures());
    }

    [Fact]
    public void Waiting_events_of_the_old_id_are_never_sent()
    {
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("waits");
        Run("delete", out _);
        SendEvent();
        Assert.DoesNotContain(_server.Requests, request => request.Body.Contains("waits", StringComparison.Ordinal));
    }

    [Fact]
    public void An_erasure_that_cannot_be_stored_is_reported_and_the_secret_is_kept()
    {
        SendEvent();
        var secret = File.ReadAllText(SecretPath);
        Directory.CreateDirectory(PendingPath);
        Assert.Equal(1, Run("delete", out var output));
        Assert.Contains("still in use", output, StringComparison.Ordinal);
        Assert.Equal(secret, File.ReadAllText(SecretPath));
    }

    [Fact]
    public void Without_an_id_nothing_is_sent()
    {
        // A run that records would create one.
        _host.Variables["DO_NOT_TRACK"] = "1";
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains("There is no id", output, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
        _host.Variables.Remove("DO_NOT_TRACK");
        SendEvent();
        _host.Variables["DO_NOT_TRACK"] = "1";
        Run("delete", out _);
        Run("delete", out _);
        Assert.Single(Erasures());
    }

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
    }

    private string? Respond(FakeServer.Request request)
    {
        if (request.Path == "/v1/events")
            return FakeServer.Accepted(request);
        var done = _isDone ? "\"done\",\"done_at\":\"2026-11-20T10:31:00Z\",\"events_erased\":5" : "\"waiting\"";
        return FakeServer.Response(
            request.Path == "/v1/erase" ? 202 : 200,
            $$"""{"id":"er_1","project":"p","asked_at":"2026-11-20T10:30:00Z","state":{{done}},"signature":"s","key_id":"k"}""");
    }

    private IEnumerable<FakeServer.Request> Erasures() => _server.Requests.Where(request => request.Path == "/v1/erase");

    /// <summary>Sends an event and returns its user's id.</summary>
    private string SendEvent()
    {
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        return _server.Requests.Last(request => request.Path == "/v1/events").Events[0].GetProperty("user_id").GetString()!;
    }

    private int Run(string subcommand, out string output)
    {
        using var client = Clients.Consenting(_host, _server);
        using var written = new StringWriter();
        var exitCode = TelemetryCommands.Run(subcommand, client, written);
        output = written.ToString();
        return exitCode;
    }
}
