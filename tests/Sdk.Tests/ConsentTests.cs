using System.Text.Json;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

public sealed class ConsentTests : IDisposable
{
    private readonly TestHost _host = new();

    [Fact]
    public void Nothing_is_recorded_without_consent()
    {
        using (var client = Create())
        {
            client.TrackFeature("x");
            Assert.False(client.IsEnabled);
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        }

        Assert.Empty(_host.Files());
        Assert.Empty(_host.Written.ToString());
    }

    [Theory]
    [InlineData("y\n", ConsentState.Granted)]
    [InlineData("YES\n", ConsentState.Granted)]
    [InlineData("n\n", ConsentState.Denied)]
    [InlineData("\n", ConsentState.Denied)]
    [InlineData("maybe\nhm\ny\n", ConsentState.Granted)]
    public void The_answer_is_stored_and_the_user_is_not_asked_again(string typed, ConsentState expected)
    {
        _host.Interactive = true;
        _host.Typed = typed;
        using (var client = Create())
            Assert.Equal(expected, client.Consent.State);
        var asked = _host.Written.ToString();
        Assert.Contains("[Y] yes  [N] no  [?]", asked, StringComparison.Ordinal);
        using (var client = Create())
        {
            Assert.Equal(expected, client.Consent.State);
            Assert.Equal("user", client.Consent.Reason);
        }

        Assert.Equal(asked, _host.Written.ToString());
    }

    [Theory]
    [InlineData(ConsentMode.OptIn)]
    [InlineData(ConsentMode.OptOut)]
    public void The_telemetry_command_does_not_ask_for_consent(ConsentMode mode)
    {
        _host.Interactive = true;
        _host.Typed = "y\n";
        _host.Arguments = ["telemetry", "off"];
        using (var client = Create(options => options.Consent = mode))
            Assert.True(TelemetryCommands.TryRun(_host.Arguments, client, out _, TextWriter.Null));
        Assert.Empty(_host.Written.ToString());
        _host.Arguments = ["build"];
        using (var client = Create(options => options.Consent = mode))
            Assert.Equal(ConsentState.Denied, client.Consent.State);
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void An_input_that_ends_without_an_answer_is_not_a_decision()
    {
        _host.Interactive = true;
        using var client = Create();
        Assert.Equal(ConsentState.Unknown, client.Consent.State);
        Assert.Empty(_host.Files());
    }

    [Fact]
    public void A_question_mark_shows_what_would_be_sent()
    {
        _host.Interactive = true;
        _host.Typed = "?\nn\n";
        using var client = Create(options => options.Collects.Add("which targets you build"));
        var shown = _host.Written.ToString();
        Assert.Contains("which targets you build", shown, StringComparison.Ordinal);
        var json = JsonDocument.Parse(shown[shown.IndexOf("{\n", StringComparison.Ordinal)..(shown.LastIndexOf('}') + 1)]).RootElement;
        Assert.Equal("my-cli", json.GetProperty("service_name").GetString());
        Assert.Equal("command_executed", json.GetProperty("events")[0].GetProperty("event_type").GetString());
    }

    [Theory]
    [InlineData("CI", "true")]
    [InlineData("GITHUB_ACTIONS", "true")]
    public void The_user_is_not_asked_in_a_build(string name, string value)
    {
        _host.Interactive = true;
        _host.Typed = "y\n";
        _host.Variables[name] = value;
        using var client = Create();
        Assert.Equal(ConsentState.Unknown, client.Consent.State);
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void The_user_is_not_asked_without_a_terminal()
    {
        _host.Typed = "y\n";
        using var client = Create();
        Assert.False(client.Consent.Ask());
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void The_user_is_asked_again_if_more_is_collected()
    {
        using (var client = Create())
            Assert.True(client.Consent.Grant());
        using (var client = Create(options => options.Collects.Add("something new")))
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        using (var client = Create())
            Assert.Equal(ConsentState.Granted, client.Consent.State);
    }

    [Fact]
    public void A_denial_remains_valid_if_more_is_collected()
    {
        using (var client = Create())
            client.Consent.Deny();
        using (var client = Create(options => options.Collects.Add("something new")))
            Assert.Equal(ConsentState.Denied, client.Consent.State);
    }

    [Fact]
    public void With_opt_out_the_first_run_only_shows_the_notice_and_the_second_records()
    {
        _host.Interactive = true;
        using (var client = Create(options => options.Consent = ConsentMode.OptOut))
        {
            Assert.False(client.IsEnabled);
            Assert.Contains("MY_CLI_TELEMETRY=0", _host.Written.ToString(), StringComparison.Ordinal);
        }

        using (var client = Create(options => options.Consent = ConsentMode.OptOut))
        {
            Assert.True(client.IsEnabled);
            Assert.Equal("notice", client.Consent.Reason);
            client.Consent.Deny();
            Assert.False(client.IsEnabled);
        }

        using (var client = Create(options => options.Consent = ConsentMode.OptOut))
            Assert.False(client.IsEnabled);
    }

    [Fact]
    public void Without_a_terminal_no_notice_is_shown_and_nothing_is_recorded()
    {
        for (var run = 0; run < 3; run++)
        {
            using (var client = Create(options => options.Consent = ConsentMode.OptOut))
                Assert.False(client.IsEnabled);
        }

        Assert.Empty(_host.Files());
    }

    [Fact]
    public void A_notice_is_not_consent_if_the_tool_starts_to_ask()
    {
        _host.Interactive = true;
        using (Create(options => options.Consent = ConsentMode.OptOut))
        {
        }

        _host.Interactive = false;
        using var client = Create();
        Assert.Equal(ConsentState.Unknown, client.Consent.State);
    }

    [Fact]
    public void A_host_decides_for_its_libraries_and_nothing_is_stored()
    {
        using (var client = Create(options => options.Consent = ConsentMode.HostDecides))
        {
            client.TrackFeature("before");
            Assert.False(client.IsEnabled);
            client.Consent.Grant();
            Assert.True(client.IsEnabled);
            client.TrackFeature("after");
        }

        Assert.Empty(_host.Files("*-consent.json"));
        Assert.Contains("\"after\"", File.ReadAllText(Assert.Single(_host.Files("*.open"))), StringComparison.Ordinal);
        using (var client = Create(options => options.Consent = ConsentMode.HostDecides))
            Assert.False(client.IsEnabled);
        AppContext.SetSwitch("TelemetryKit.Enabled.my-cli", true);
        try
        {
            using var client = Create(options => options.Consent = ConsentMode.HostDecides);
            Assert.True(client.IsEnabled);
        }
        finally
        {
            AppContext.SetSwitch("TelemetryKit.Enabled.my-cli", false);
        }
    }

    [Fact]
    public void Withdrawing_consent_deletes_pending_events()
    {
        using (var client = Create())
        {
            client.Consent.Grant();
            client.TrackFeature("stored");
        }

        Assert.Single(_host.Files("*.open"));
        using (var client = Create())
        {
            client.TrackFeature("in memory");
            client.Consent.Deny();
            client.TrackFeature("afterwards");
        }

        Assert.Empty(_host.Files("*.open"));
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void Denying_consent_deletes_pending_events_of_backends_that_are_no_longer_used()
    {
        using (var client = Clients.Consenting(_host, null, options => options.Key = "tk_test_0123456789abcdefghijABCDEFGHIJkl"))
            client.TrackFeature("x");
        using (var client = Clients.Consenting(_host, null, options => options.Backends.Add(new OtlpBackend(new("http://127.0.0.1:9")))))
            client.TrackFeature("x");
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("x");
        Assert.Equal(3, _host.Files("*.open").Length);
        using (var client = Clients.Consenting(_host, null, options => options.Backends.Add(new ConsoleBackend(TextWriter.Null))))
            client.Consent.Deny();
        Assert.Empty(_host.Files("*.open"));
    }

    [Fact]
    public void A_run_that_denies_consent_does_not_send_overdue_events()
    {
        using var server = new FakeServer();
        using (var client = Create())
        {
            client.Consent.Grant();
            client.TrackFeature("x");
        }

        // Nothing becomes due during the run, so only its exit could send.
        _host.Time.Stop();
        _host.Time.Advance(TimeSpan.FromHours(26));
        using (var client = Create(options =>
        {
            options.Endpoint = server.Endpoint;
            // Consent is denied before the run has created its queue.
            options.Queue = settings =>
            {
                Thread.Sleep(300);
                return new Queue.FileQueue(Path.Combine(settings.Directory!, settings.ServiceName), settings, _host.Time);
            };
        }))
            client.Consent.Deny();
        Assert.Empty(server.Requests);
        Assert.Empty(_host.Files("*.open"));
    }

    [Fact]
    public void Deleting_replaces_the_id_of_the_user()
    {
        string? first;
        using (var client = Create())
        {
            client.Consent.Grant();
            client.TrackFeature("x");
            Assert.Equal(1, Eventually(() => client.GetQueueStatus().Events));
            first = client.Consent.Delete();
            Assert.Equal(0, client.GetQueueStatus().Events);
        }

        Assert.Matches("^[0-9a-f]{64}$", first);
        using (var client = Create())
            client.TrackFeature("y");
        var stored = File.ReadAllText(Assert.Single(_host.Files("*.open")));
        Assert.DoesNotContain(first!, stored, StringComparison.Ordinal);
        Assert.Contains("\"user_id\":\"", stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "DO_NOT_TRACK", "1")]
    [InlineData(false, "DO_NOT_TRACK", "true")]
    [InlineData(null, "DO_NOT_TRACK", "0")]
    [InlineData(false, "TELEMETRYKIT_ENABLED", "false")]
    [InlineData(true, "TELEMETRYKIT_ENABLED", "1")]
    [InlineData(false, "MY_CLI_TELEMETRY", "0")]
    [InlineData(true, "MY_CLI_TELEMETRY", "1")]
    [InlineData(null, "OTHER_TELEMETRY", "0")]
    [InlineData(false, "ENVIRONMENT", "Development")]
    [InlineData(null, "ENVIRONMENT", "production")]
    public void Environment_variables_take_precedence(bool? expected, string name, string value)
    {
        _host.Variables[name] = value;
        Assert.Equal(expected, Switches.Read(_host, "my-cli").Enabled);
    }

    [Fact]
    public void Do_not_track_overrides_every_other_variable_and_accesses_no_files()
    {
        using (var client = Create())
            client.Consent.Grant();
        var before = _host.Files().ToDictionary(file => file, File.GetLastAccessTimeUtc);
        foreach (var name in new[] { "DO_NOT_TRACK", "TELEMETRYKIT_ENABLED", "MY_CLI_TELEMETRY", "TELEMETRYKIT_DEBUG" })
            _host.Variables[name] = "1";
        using (var client = Create())
        {
            client.TrackFeature("x");
            Assert.False(client.IsEnabled);
            Assert.Equal("DO_NOT_TRACK", client.Consent.Reason);
            Assert.False(client.Consent.Grant());
            Assert.True(client.FlushAll());
        }

        Assert.Equal(before, _host.Files().ToDictionary(file => file, File.GetLastAccessTimeUtc));
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void Debug_mode_prints_what_would_be_sent_and_stores_nothing()
    {
        _host.Variables["TELEMETRYKIT_DEBUG"] = "1";
        using (var client = Create())
            client.TrackFeature("x");
        var json = JsonDocument.Parse(_host.Written.ToString()).RootElement;
        Assert.Equal("x", json.GetProperty("events")[0].GetProperty("metadata").GetProperty("feature").GetString());
        Assert.Empty(_host.Files());
    }

    [Fact]
    public void The_ready_made_command_changes_shows_and_deletes()
    {
        using var client = Create();
        Assert.False(TelemetryCommands.TryRun(["build"], client, out _));
        Assert.False(TelemetryCommands.TryRun([], client, out _));
        Assert.Contains("off, until you allow it", Run("status"), StringComparison.Ordinal);
        Assert.Contains("telemetry: on (user)", Run("on"), StringComparison.Ordinal);
        Assert.Contains("\"service_name\": \"my-cli\"", Run("show"), StringComparison.Ordinal);
        client.TrackFeature("x");
        Eventually(() => client.GetQueueStatus().Events);
        Assert.Contains("id of this installation was forgotten", Run("delete"), StringComparison.Ordinal);
        Assert.Contains("telemetry: off (user)", Run("off"), StringComparison.Ordinal);
        Assert.Equal(2, TelemetryCommands.Run("what", client, TextWriter.Null));

        string Run(string word)
        {
            using var output = new StringWriter();
            Assert.True(TelemetryCommands.TryRun(["telemetry", word], client, out var exitCode, output));
            Assert.Equal(0, exitCode);
            return output.ToString();
        }
    }

    [Fact]
    public void An_output_that_cannot_be_written_ends_no_command()
    {
        using var client = Create();
        using var full = new BrokenOutput(new IOException());
        Assert.Equal(0, TelemetryCommands.Run("on", client, full));
        Assert.Equal(0, TelemetryCommands.Run("off", client, full));
        Assert.Equal(ConsentState.Denied, client.Consent.State);
        Assert.Equal(1, TelemetryCommands.Run("show", client, full));
        Assert.Equal(1, TelemetryCommands.Run("status", client, full));
        Assert.Equal(2, TelemetryCommands.Run("what", client, full));
    }

    [Fact]
    public void Nothing_is_recorded_with_the_old_id_after_deleting()
    {
        string? oldId;
        using (var client = Clients.Consenting(_host))
        {
            client.TrackFeature("before");
            Eventually(() => client.GetQueueStatus().Events);
            using var command = client.TrackCommand("telemetry");
            oldId = client.Consent.Delete();
            client.TrackFeature("after");
        }

        using (var next = Clients.Consenting(_host))
            next.TrackFeature("next");
        var stored = string.Concat(_host.Files("*.open").Select(File.ReadAllText));
        Assert.NotNull(oldId);
        Assert.DoesNotContain(oldId, stored, StringComparison.Ordinal);
        Assert.DoesNotContain("before", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("after", stored, StringComparison.Ordinal);
        Assert.Contains("next", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void Pending_events_can_be_deleted_if_telemetry_is_disabled()
    {
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("x");
        Assert.NotEmpty(_host.Files("*.open"));
        _host.Variables["DO_NOT_TRACK"] = "1";
        using (var client = Clients.Consenting(_host))
            Assert.NotNull(client.Consent.Delete());
        Assert.Empty(_host.Files("*.open"));
    }

    [Fact]
    public void The_id_of_an_installation_is_stable_and_differs_between_tools()
    {
        static string UserId(string file) => File.ReadAllText(file).Split("\"user_id\":\"")[1].Split('"')[0];
        for (var run = 0; run < 2; run++)
        {
            using var client = Clients.Consenting(_host);
            client.TrackFeature("x");
        }

        using (var other = Clients.Consenting(_host, null, options => options.ServiceName = "other-cli"))
            other.TrackFeature("x");
        var mine = _host.Files("*.open").Where(file => file.Contains("my-cli", StringComparison.Ordinal)).Select(UserId).Distinct();
        var others = _host.Files("*.open").Where(file => file.Contains("other-cli", StringComparison.Ordinal)).Select(UserId);
        Assert.NotEqual(Assert.Single(mine), Assert.Single(others));
        var secrets = _host.Files("erasure-secret").Select(File.ReadAllText).ToList();
        Assert.Equal(2, secrets.Distinct().Count());
        Assert.DoesNotContain(_host.Files("*.open"), file => secrets.Exists(File.ReadAllText(file).Contains));
    }

    public void Dispose() => _host.Dispose();

    private TelemetryKitClient Create(Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions
        {
            ServiceName = "my-cli",
            Key = Clients.Key,
            Endpoint = new("http://127.0.0.1:9"),
            ExitTimeout = TimeSpan.Zero,
        };
        configure?.Invoke(options);
        return TelemetryKitClient.Create(options, _host);
    }

    /// <summary>Waits until a value is not zero, and returns it.</summary>
    private static int Eventually(Func<int> value)
    {
        var until = System.Diagnostics.Stopwatch.StartNew();
        while (value() == 0 && until.Elapsed < Clients.Timeout)
            Thread.Sleep(10);
        return value();
    }
}
