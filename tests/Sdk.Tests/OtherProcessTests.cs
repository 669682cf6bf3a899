using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>What a user decides in one process applies to those of the same tool that are running. Here each client is a process.</summary>
public sealed class OtherProcessTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();
    private readonly ReceiptSigner _signer = new();

    public OtherProcessTests() => _server.Respond = Respond;

    private string SecretPath => Path.Combine(ServicePaths.Service(_host.Root, "my-cli"), "erasure-secret");

    [Fact]
    public void After_a_deletion_running_processes_have_a_new_id_and_never_send_what_was_recorded_before()
    {
        using var first = Start();
        using var second = Start();
        foreach (var client in new[] { first, second })
        {
            client.TrackFeature("sent");
            Assert.True(client.FlushAll());
        }

        var old = Assert.Single(Ids());
        first.TrackFeature("before");
        Run("delete");
        _server.Requests.Clear();
        foreach (var client in new[] { first, second })
        {
            client.TrackFeature("after");
            Assert.True(client.FlushAll());
        }

        Assert.NotEqual(old, Assert.Single(Ids()));
        Assert.Equal(["after", "after"], Features());
        Assert.Equal(Assert.Single(Ids()), Installation.UserIdOf(File.ReadAllText(SecretPath), "my-cli"));
    }

    [Fact]
    public void What_a_process_still_writes_under_the_old_id_is_not_sent_by_any_process()
    {
        using (var client = Start())
        {
            client.TrackFeature("stale");
            Clients.Until(() => client.GetQueueStatus().Events == 1 && _host.Files("*.open").Length == 1);
        }

        // The file is written again after the deletion, as by a process that was about to write when the id was forgotten.
        var file = Assert.Single(_host.Files("*.open"));
        var content = File.ReadAllBytes(file);
        Run("delete");
        File.WriteAllBytes(file, content);
        _server.Requests.Clear();
        using (var other = Start())
        {
            other.TrackFeature("fresh");
            Assert.True(other.FlushAll());
        }

        Assert.Equal(["fresh"], Features());
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public async Task An_erasure_waits_for_requests_of_other_processes_that_are_under_way()
    {
        using var arrived = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var inOrder = false;
        _server.Respond = request =>
        {
            if (request.Path == "/v1/events")
            {
                arrived.Set();
                release.Wait(Clients.Timeout);
            }
            else if (request.Path == "/v1/erase")
            {
                inOrder = release.IsSet;
            }

            return Respond(request);
        };
        using var running = Start();
        running.TrackFeature("under way");
        var flush = running.FlushAsync(CancellationToken.None);
        Assert.True(arrived.Wait(Clients.Timeout));
        var delete = Task.Run(() => Run("delete"));
        Clients.Until(() => !File.Exists(SecretPath));
        // A command that does not wait sends the request now.
        await Task.Delay(300);
        release.Set();
        Assert.Contains("er-1", await delete, StringComparison.Ordinal);
        Assert.True(await flush);
        Assert.True(inOrder);
        Assert.Empty(_host.Files("erase-left*"));
    }

    [Fact]
    public void After_a_no_running_processes_record_and_send_nothing_and_delete_what_waits()
    {
        using var running = Start();
        running.TrackFeature("sent");
        Assert.True(running.FlushAll());
        Run("off");
        _server.Requests.Clear();
        running.TrackFeature("after");
        running.FlushAll();
        Clients.Until(() => !running.IsEnabled);
        Assert.Equal(ConsentState.Denied, running.Consent.State);
        Assert.Equal("user", running.Consent.Reason);
        running.TrackFeature("later");
        running.Dispose();
        Assert.Empty(_server.Requests);
        Assert.Empty(_host.Files("*.open"));
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void A_no_is_noticed_before_the_next_request_also_if_nothing_is_recorded()
    {
        _server.Respond = _ => FakeServer.Problem(503, "overloaded");
        using var running = Start(options => options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromHours(1));
        running.TrackFeature("waits");
        Assert.False(running.FlushAll());
        var open = _host.Files("*.ready").Single();
        var content = File.ReadAllBytes(open);
        Run("off");
        // As if the process had written or returned the batch just after the files were deleted.
        File.WriteAllBytes(open, content);
        _server.Respond = Respond;
        _server.Requests.Clear();
        _host.Time.Advance(TimeSpan.FromHours(2));
        running.FlushAll();
        Clients.Until(() => !running.IsEnabled);
        running.Dispose();
        Assert.Empty(_server.Requests);
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void A_yes_after_such_a_no_starts_the_recording_again_in_the_process_that_gives_it()
    {
        using var running = Start();
        running.TrackFeature("sent");
        Assert.True(running.FlushAll());
        Run("off");
        running.TrackFeature("not kept");
        Clients.Until(() => !running.IsEnabled);
        Assert.True(running.Consent.Grant());
        Assert.True(running.IsEnabled);
        running.TrackFeature("again");
        Assert.True(running.FlushAll());
        Assert.Equal(["sent", "again"], Features());
    }

    [Fact]
    public void A_yes_that_is_stored_again_changes_nothing()
    {
        using var running = Start();
        running.TrackFeature("one");
        Assert.True(running.FlushAll());
        Run("on");
        running.TrackFeature("two");
        Assert.True(running.FlushAll());
        Assert.True(running.IsEnabled);
        Assert.Equal(["one", "two"], Features());
        Assert.Single(Ids());
    }

    [Theory]
    [InlineData("XDG_STATE_HOME")]
    [InlineData("XDG_DATA_HOME")]
    public void A_no_reaches_running_processes_also_if_their_variable_names_another_folder(string variable)
    {
        _host.Variables[variable] = _host.Folder;
        using var running = Start();
        running.TrackFeature("sent");
        Assert.True(running.FlushAll());
        _host.Variables.Remove(variable);
        Run("off");
        _host.Variables[variable] = _host.Folder;
        _server.Requests.Clear();
        running.TrackFeature("after");
        running.FlushAll();
        Clients.Until(() => !running.IsEnabled);
        Assert.Equal((ConsentState.Denied, "user"), (running.Consent.State, running.Consent.Reason));
        running.Dispose();
        Assert.Empty(_server.Requests);
    }

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
        _signer.Dispose();
    }

    private TelemetryKitClient Start(Action<TelemetryOptions>? configure = null) => Clients.Consenting(_host, _server, configure);

    private string Run(string subcommand)
    {
        using var client = Start();
        using var output = new StringWriter();
        TelemetryCommands.Run(subcommand, client, output);
        return output.ToString();
    }

    private string? Respond(FakeServer.Request request) => request.Path switch
    {
        "/v1/events" => FakeServer.Accepted(request),
        "/.well-known/telemetrykit" => FakeServer.Response(200, _signer.Keys),
        _ => FakeServer.Response(
            request.Path == "/v1/erase" ? 202 : 200,
            _signer.Sign("id=er-1", "project=p", "asked_at=2026-11-20T10:30:00Z", "state=waiting")),
    };

    private IEnumerable<System.Text.Json.JsonElement> Events() =>
        _server.Requests.Where(request => request.Path == "/v1/events").SelectMany(request => request.Events);

    private IEnumerable<string?> Ids() => Events().Select(sent => sent.GetProperty("user_id").GetString()).Distinct();

    private List<string?> Features() =>
        [.. Events().Select(sent => sent.GetProperty("metadata").GetProperty("feature").GetString())];
}
