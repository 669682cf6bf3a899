using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Users erase themselves with the tool alone, online and offline.</summary>
public sealed class ErasureTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();
    private readonly ReceiptSigner _signer = new();
    private bool _isDone;
    private string? _keys;

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
        Assert.Contains("erasure:   er-1, asked 2026-11-20T10:30:00Z, not done yet", output, StringComparison.Ordinal);
        Assert.Contains("The receipt is signed by the server.", output, StringComparison.Ordinal);
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
    public void Delete_sends_the_request_also_if_nothing_can_be_printed()
    {
        SendEvent();
        using (var client = Consenting(TimeSpan.FromHours(1)))
        using (var output = new BrokenOutput(new UnauthorizedAccessException()))
            Assert.Equal(0, TelemetryCommands.Run("delete", client, output));
        Assert.Single(Erasures());
        Assert.False(File.Exists(PendingPath));
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
        Assert.Contains("could not be verified", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"receipt_keys":[]}""")]
    [InlineData("<html>a portal</html>")]
    public void A_receipt_that_does_not_verify_is_reported(string keys)
    {
        SendEvent();
        _keys = keys;
        Assert.Equal(1, Run("delete", out var output));
        Assert.Contains("er-1", output, StringComparison.Ordinal);
        Assert.Contains("The signature of the receipt is NOT VALID.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_that_was_signed_with_another_key_is_reported()
    {
        using var other = new ReceiptSigner();
        SendEvent();
        _keys = other.Keys;
        Assert.Equal(1, Run("delete", out var output));
        Assert.Contains("NOT VALID", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_is_reported_and_final()
    {
        SendEvent();
        _server.Respond = _ => FakeServer.Problem(400, "invalid_parameter");
        Assert.Equal(1, Run("delete", out var output));
        Assert.Contains("refused the request to erase: 400 invalid_parameter", output, StringComparison.Ordinal);
        Assert.False(File.Exists(PendingPath));
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
        // The failure is remembered, so that a dead network costs nothing. Events wait as well.
        using (var client = Consenting(TimeSpan.FromHours(1)))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        Assert.Empty(_server.Requests);
        _host.Time.Advance(TimeSpan.FromHours(2));
        SendEvent();
        Assert.Equal(["/v1/erase", "/v1/events", "/v1/events"], _server.Requests.Select(request => request.Path));
        Assert.Equal(secret, Erasures().Single().Json.GetProperty("secret").GetString());
        Assert.False(File.Exists(PendingPath));
    }

    [Fact]
    public void Events_do_not_wait_for_ever_for_an_erasure_that_fails()
    {
        SendEvent();
        _server.Respond = request => request.Path == "/v1/events" ? FakeServer.Accepted(request) : FakeServer.Problem(404, "not_found");
        Run("delete", out _);
        _server.Requests.Clear();
        _host.Time.Advance(TimeSpan.FromHours(2));
        using var client = Consenting(TimeSpan.Zero);
        client.TrackFeature("x");
        Clients.Until(client.FlushAll);
        // The first attempt was that of the command.
        Assert.Equal(
            ["/v1/erase", "/v1/erase", "/v1/erase", "/v1/erase", "/v1/events"],
            _server.Requests.Take(5).Select(request => request.Path));
        Assert.True(File.Exists(PendingPath));
    }

    [Fact]
    public void The_delay_that_a_server_requests_applies_to_erasures()
    {
        SendEvent();
        _server.Respond = _ => FakeServer.Problem(503, "overloaded", "Retry-After: 1200\r\n");
        // Without the long delay of its own that Run has.
        using (var client = Clients.Consenting(_host, _server))
            TelemetryCommands.Run("delete", client, TextWriter.Null);
        _server.Respond = Respond;
        _server.Requests.Clear();
        _host.Time.Advance(TimeSpan.FromMinutes(19));
        using (var client = Clients.Consenting(_host, _server))
            client.FlushAll();
        Assert.Empty(_server.Requests);
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        using (var client = Clients.Consenting(_host, _server))
            client.FlushAll();
        Assert.Single(Erasures());
    }

    [Fact]
    public void A_run_that_records_nothing_sends_what_waits_and_waits_for_it_at_its_exit()
    {
        DeleteOffline(after: "off");
        using (var client = Denied(TimeSpan.FromMinutes(1)))
            client.TrackFeature("not recorded");
        Assert.Equal(["/v1/erase"], _server.Requests.Select(request => request.Path));
        Assert.False(File.Exists(PendingPath));
    }

    [Fact]
    public void A_file_that_forbids_telemetry_does_not_stop_an_erasure_and_a_variable_makes_it_wait()
    {
        DeleteOffline(after: "status");
        File.WriteAllText(Path.Combine(_host.Folder, ".telemetrykit"), "telemetry = off");
        _host.Variables["DO_NOT_TRACK"] = "1";
        Denied(TimeSpan.FromMinutes(1)).Dispose();
        Assert.Empty(_server.Requests);
        _host.Variables.Remove("DO_NOT_TRACK");
        Denied(TimeSpan.FromMinutes(1)).Dispose();
        Assert.Single(Erasures());
    }

    [Fact]
    public void The_exit_of_a_run_that_records_nothing_waits_at_most_once_a_day_for_an_erasure()
    {
        DeleteOffline(after: "off");
        _server.Respond = _server.NeverRespond;
        Denied(TimeSpan.FromMilliseconds(50)).Dispose();
        // This exit would take a minute.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Denied(TimeSpan.FromMinutes(1)).Dispose();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
        Assert.True(File.Exists(PendingPath));
    }

    [Fact]
    public void Delete_forgets_the_ledger_and_when_the_last_delivery_was()
    {
        SendEvent();
        Assert.Single(_host.Files("ledger"));
        Assert.Single(_host.Files("delivered"));
        Run("delete", out _);
        Assert.Empty(_host.Files("ledger"));
        Assert.Empty(_host.Files("delivered"));
        Run("show", out var output);
        Assert.Contains("Nothing was sent in the last 30 days.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_erasures_wait_together()
    {
        var secrets = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using (var client = Consenting(TimeSpan.FromHours(1)))
                client.TrackFeature("x");
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
        Assert.Contains("er-1", output, StringComparison.Ordinal);
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

    [Theory]
    [InlineData(129, "n")]
    [InlineData(100, "\ud83d\ude00")]
    [InlineData(129, "\ud83d\ude00")]
    [InlineData(1, "a\0b")]
    public void What_a_tool_with_any_name_has_sent_can_be_erased(int count, string part)
    {
        var name = string.Concat(Enumerable.Repeat(part, count));
        TelemetryKitClient Start() => Clients.Consenting(_host, _server, options => options.ServiceName = name);
        using (var client = Start())
        {
            client.TrackFeature("x");
            Assert.True(client.FlushAll());
        }

        using (var client = Start())
            Assert.Equal(0, TelemetryCommands.Run("delete", client, TextWriter.Null));
        var sent = _server.Requests.First(request => request.Path == "/v1/events");
        var erasure = Erasures().Single().Json;
        var erased = erasure.GetProperty("service_name").GetString()!;
        // What the server accepts: 1 to 128 code points, and no U+0000.
        Assert.InRange(erased.EnumerateRunes().Count(), 1, 128);
        Assert.DoesNotContain('\0', erased);
        Assert.Equal(erased, sent.Json.GetProperty("service_name").GetString());
        Assert.Equal(
            Installation.UserIdOf(erasure.GetProperty("secret").GetString()!, erased),
            sent.Events[0].GetProperty("user_id").GetString());
    }

    [Fact]
    public void The_secret_of_a_refused_request_is_kept_and_the_next_command_asks_again()
    {
        SendEvent();
        var secret = File.ReadAllText(SecretPath);
        _server.Respond = _ => FakeServer.Problem(400, "invalid_parameter");
        Assert.Equal(1, Run("delete", out var output));
        var kept = Path.Combine(Folder, "erase-refused");
        Assert.Contains(kept, output, StringComparison.Ordinal);
        Assert.Contains(secret, File.ReadAllText(kept), StringComparison.Ordinal);
        _server.Respond = Respond;
        _server.Requests.Clear();
        // Not by itself: it was refused for good.
        SendEvent();
        Assert.Empty(Erasures());
        Assert.Equal(0, Run("delete", out _));
        Assert.Contains(Erasures(), request => request.Json.GetProperty("secret").GetString() == secret);
        Assert.False(File.Exists(kept));
    }

    [Theory]
    [InlineData("TELEMETRYKIT_BACKEND", "otlp", "no backend of this run can erase")]
    [InlineData("TELEMETRYKIT_DEBUG", "1", "TELEMETRYKIT_DEBUG")]
    [InlineData("TELEMETRYKIT_KEY", "wrong", "the key is malformed")]
    public void Delete_says_if_it_asked_no_server(string variable, string value, string reason)
    {
        SendEvent();
        _server.Requests.Clear();
        _host.Variables[variable] = value;
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Contains("The request waits", output, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
        Assert.False(File.Exists(SecretPath));
        _host.Variables.Remove(variable);
        _host.Time.Advance(TimeSpan.FromHours(2));
        Run("status", out _);
        // The command and the sender beside it may both send it, which erases once.
        Assert.Single(Erasures().Select(request => request.Json.GetProperty("secret").GetString()).Distinct());
    }

    [Fact]
    public void Delete_says_which_backends_cannot_erase()
    {
        SendEvent();
        _host.Variables["TELEMETRYKIT_BACKEND"] = "telemetrykit,otlp";
        Assert.Equal(0, Run("delete", out var output));
        Assert.Contains("What was sent to otlp", output, StringComparison.Ordinal);
        Assert.Contains("er-1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_receipt_is_printed_whole_and_where_it_is_stored()
    {
        SendEvent();
        _isDone = true;
        Run("delete", out var output);
        var receipts = Path.Combine(Folder, "erase-receipts");
        var receipt = System.Text.Json.JsonDocument.Parse(File.ReadAllText(receipts)).RootElement;
        foreach (var member in receipt.EnumerateObject().Where(member => member.Name != "state"))
            Assert.Contains(member.Value.ToString(), output, StringComparison.Ordinal);
        Assert.Contains(receipts, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_and_receipts_that_are_stored_at_the_same_time_are_all_kept()
    {
        var files = new ErasureFiles(Folder);
        using var together = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                for (var j = 0; j < 5; j++)
                {
                    files.Add(new($"secret-{i}-{j}", "my-cli", DateTimeOffset.UnixEpoch));
                    files.Keep(ErasureReceipt.TryRead(_signer.Sign($"id=er-{i}-{j}", "asked_at=x", "state=waiting"))!);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(40, files.Pending().Count);
        Assert.Equal(40, files.Receipts().Count);
    }

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
        _signer.Dispose();
    }

    private string? Respond(FakeServer.Request request)
    {
        if (request.Path == "/v1/events")
            return FakeServer.Accepted(request);
        if (request.Path == "/.well-known/telemetrykit")
            return FakeServer.Response(200, _keys ?? _signer.Keys);
        string[] asked = ["id=er-1", "project=p", "asked_at=2026-11-20T10:30:00Z"];
        var receipt = _isDone
            ? _signer.Sign([.. asked, "state=done", "done_at=2026-11-20T10:31:00Z", "events_erased=5"])
            : _signer.Sign([.. asked, "state=waiting"]);
        return FakeServer.Response(request.Path == "/v1/erase" ? 202 : 200, receipt);
    }

    private void DeleteOffline(string after)
    {
        SendEvent();
        Run(after, out _);
        _server.Respond = _ => null;
        Assert.Equal(0, Run("delete", out _));
        _server.Respond = Respond;
        _server.Requests.Clear();
        _host.Variables.Remove("TELEMETRYKIT_ENABLED");
        // A failed attempt is not repeated at once.
        _host.Time.Advance(TimeSpan.FromHours(2));
    }

    private TelemetryKitClient Consenting(TimeSpan delay) =>
        Clients.Consenting(_host, _server, options => options.RetryMinDelay = options.RetryMaxDelay = delay);

    /// <summary>Creates the client of a run that records nothing.</summary>
    private TelemetryKitClient Denied(TimeSpan exitTimeout) => TelemetryKitClient.Create(
        new TelemetryOptions
        {
            ServiceName = "my-cli", Key = Clients.Key, Endpoint = _server.Endpoint, ExitTimeout = exitTimeout, Timeout = Clients.Timeout,
        },
        _host);

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
        // The run itself does not repeat what failed.
        using var client = Consenting(TimeSpan.FromHours(1));
        using var written = new StringWriter();
        var exitCode = TelemetryCommands.Run(subcommand, client, written);
        output = written.ToString();
        return exitCode;
    }
}
