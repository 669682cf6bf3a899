using System.Text;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>A no is a no: however it is written, wherever it is given, and whatever else is set.</summary>
public sealed class OptOutTests : IDisposable
{
    private readonly TestHost _host = new();

    [Theory]
    [InlineData("0\r")]
    [InlineData(" 0")]
    [InlineData("0 ")]
    [InlineData("false ")]
    [InlineData("\tOFF\n")]
    [InlineData("No")]
    [InlineData("disabled")]
    [InlineData("n")]
    [InlineData("none")]
    [InlineData("never")]
    [InlineData("opt-out")]
    [InlineData("2")]
    [InlineData("1 0")]
    [InlineData("\uFEFF1")]
    [InlineData("\u00A01")]
    [InlineData("1\u2003")]
    [InlineData("1\u000B")]
    [InlineData("\u00A0")]
    public void Only_a_clear_yes_allows(string value)
    {
        foreach (var name in new[] { "MY_CLI_TELEMETRY", "TELEMETRYKIT_ENABLED" })
        {
            _host.Variables.Clear();
            _host.Variables[name] = value;
            using var client = Create();
            Assert.Equal(ConsentState.Denied, client.Consent.State);
            Assert.Equal(name, client.Consent.Reason);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true\r\n")]
    [InlineData(" Yes ")]
    [InlineData("ON")]
    public void A_clear_yes_allows_and_turns_do_not_track_on(string value)
    {
        _host.Variables["MY_CLI_TELEMETRY"] = value;
        using (var client = Create())
            Assert.Equal(ConsentState.Granted, client.Consent.State);
        _host.Variables["DO_NOT_TRACK"] = value;
        using (var client = Create())
            Assert.Equal("DO_NOT_TRACK", client.Consent.Reason);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("0\r", false)]
    [InlineData("FALSE", false)]
    [InlineData(" no", false)]
    [InlineData("off", false)]
    [InlineData("n", true)]
    [InlineData("please", true)]
    [InlineData("00", true)]
    [InlineData("\u00A0", true)]
    [InlineData("\u000B", true)]
    [InlineData("0\u00A0", true)]
    [InlineData("\t 0\r\n", false)]
    public void Do_not_track_is_a_no_unless_it_is_switched_off(string value, bool forbids)
    {
        _host.Variables["DO_NOT_TRACK"] = value;
        Assert.Equal(forbids ? false : null, Switches.Read(_host, "my-cli").Enabled);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    public void An_empty_variable_is_not_set(string value)
    {
        _host.Variables["MY_CLI_TELEMETRY"] = value;
        _host.Variables["TELEMETRYKIT_ENABLED"] = value;
        Assert.Null(Switches.Read(_host, "my-cli").Enabled);
    }

    [Theory]
    [InlineData("no", false)]
    [InlineData("quiet", false)]
    [InlineData(" on ", true)]
    public void Verbose_needs_a_clear_yes_too(string value, bool expected)
    {
        _host.Variables["TELEMETRYKIT_VERBOSE"] = value;
        Assert.Equal(expected, Switches.Read(_host, "my-cli").Verbose);
    }

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("MY_CLI_TELEMETRY", "0")]
    [InlineData("TELEMETRYKIT_ENABLED", "0")]
    public void A_no_is_stored_while_another_switch_forbids_as_well(string name, string value)
    {
        _host.Variables[name] = value;
        Assert.Equal(0, Run("off", out var output));
        Assert.Contains(name, output, StringComparison.Ordinal);
        _host.Variables.Clear();
        _host.Variables["MY_CLI_TELEMETRY"] = "1";
        using var client = Create();
        Assert.Equal(ConsentState.Denied, client.Consent.State);
        Assert.Equal("user", client.Consent.Reason);
    }

    [Fact]
    public void A_variable_that_allows_does_not_override_a_stored_no()
    {
        Assert.Equal(0, Run("off", out _));
        _host.Variables["MY_CLI_TELEMETRY"] = "1";
        _host.Variables["TELEMETRYKIT_ENABLED"] = "1";
        using (var client = Create())
        {
            client.TrackFeature("x");
            Assert.False(client.IsEnabled);
            Assert.Equal("user", client.Consent.Reason);
        }

        Assert.Equal(0, Run("on", out var output));
        Assert.Contains("telemetry: on", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("MY_CLI_TELEMETRY", "never")]
    public void A_yes_that_has_no_effect_is_reported(string name, string value)
    {
        _host.Variables[name] = value;
        Assert.Equal(1, Run("on", out var output));
        Assert.Contains(name, output, StringComparison.Ordinal);
        _host.Variables.Clear();
        using var client = Create();
        Assert.Equal(ConsentState.Unknown, client.Consent.State);
    }

    [Theory]
    [InlineData("\uFEFF{\"consent\":\"denied\"}", "user")]
    [InlineData("{\"consent\":\"denied\"", "unreadable")]
    [InlineData("", "unreadable")]
    [InlineData("{\"consent\":\"GRANTED\"}", "unreadable")]
    [InlineData("{\"consent\":true}", "unreadable")]
    [InlineData("[]", "unreadable")]
    [InlineData("no", "unreadable")]
    [InlineData("{\"consent\":\"denied\",\"consent\":\"granted\"}", "unreadable")]
    [InlineData("{\"consent\":\"granted\",\"\\u0063onsent\":\"denied\"}", "unreadable")]
    public void A_decision_that_cannot_be_read_is_a_no_and_is_never_overwritten_with_a_yes(string content, string reason)
    {
        var path = DecisionPath();
        Directory.CreateDirectory(_host.Root);
        File.WriteAllText(path, content);
        _host.Interactive = true;
        _host.Typed = "y\n";
        _host.Variables["TELEMETRYKIT_ENABLED"] = "1";
        foreach (var mode in new[] { ConsentMode.OptOut, ConsentMode.OptIn })
        {
            using var client = Create(options => options.Consent = mode);
            Assert.Equal(ConsentState.Denied, client.Consent.State);
            Assert.Equal(reason, client.Consent.Reason);
        }

        Assert.Equal(content, Encoding.UTF8.GetString(File.ReadAllBytes(path)));
        if (reason != "unreadable")
            return;
        Assert.Equal(1, Run("on", out var output));
        Assert.Contains(path, output, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
        // The way out: a decision that can be read.
        Assert.Equal(0, Run("off", out _));
        Assert.Equal(0, Run("on", out _));
    }

    [Fact]
    public void A_decision_that_is_a_folder_is_a_no()
    {
        Directory.CreateDirectory(DecisionPath());
        _host.Variables["TELEMETRYKIT_ENABLED"] = "1";
        using var client = Create(options => options.Consent = ConsentMode.OptOut);
        Assert.Equal("unreadable", client.Consent.Reason);
        Assert.False(client.IsEnabled);
    }

    [Fact]
    public void A_decision_and_a_file_may_be_in_UTF_16()
    {
        Directory.CreateDirectory(_host.Root);
        File.WriteAllText(DecisionPath(), "{\"consent\":\"denied\"}", Encoding.Unicode);
        using (var client = Create())
            Assert.Equal("user", client.Consent.Reason);
        // As the redirection of PowerShell 5 writes it.
        File.WriteAllText(_host.MachineFile, "telemetry = off\r\n", Encoding.Unicode);
        Assert.Equal(_host.MachineFile, Switches.Read(_host, "my-cli").Reason);
    }

    [Fact]
    public void A_no_that_cannot_be_stored_is_reported()
    {
        // A file in place of the folder, so that nothing can be stored.
        File.WriteAllText(_host.Root, "");
        Assert.Equal(1, Run("off", out var output));
        Assert.Contains("could not be stored", output, StringComparison.Ordinal);
        Assert.Equal(1, Run("on", out _));
        _host.HasHome = false;
        Assert.Equal(1, Run("off", out output));
        Assert.Contains("could not be stored", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_no_that_does_not_fit_beside_a_yes_removes_the_yes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The longest path differs elsewhere.");
        // No path may be longer than 4,095 bytes. The decision's is shorter, and that of the new file that would replace it is longer.
        var folder = _host.Folder;
        var rest = 4_020 - folder.Length;
        while (rest > 0)
        {
            var part = Math.Min(rest, 200);
            folder += "/" + new string('x', part);
            rest -= part + 1;
        }

        Directory.CreateDirectory(folder);
        var path = ServicePaths.Consent(folder, "my-cli");
        File.WriteAllText(path, "{\"consent\":\"granted\",\"agreed_to\":[]}");
        using (var client = Create(options => options.Directory = folder))
            Assert.True(client.Consent.Deny());
        _host.Variables["TELEMETRYKIT_ENABLED"] = "1";
        using (var client = Create(options => options.Directory = folder))
            Assert.Equal(ConsentState.Denied, client.Consent.State);
    }

    [Theory]
    [InlineData("telemetry = off", true)]
    [InlineData("# a comment\r\n\r\n  Telemetry=OFF  \r\n", true)]
    [InlineData("\uFEFFtelemetry = 0", true)]
    [InlineData("telemetry = never", true)]
    [InlineData("telemetry: off", true)]
    [InlineData("telemetry = on\ntelemetry = off", true)]
    [InlineData("telemetry =\u00A0", true)]
    [InlineData("telemetry = on\u00A0", true)]
    [InlineData("\u00A0telemetry\u00A0= off", true)]
    [InlineData("telemetry = =", true)]
    [InlineData("telemetry off", true)]
    [InlineData("telemetry = on", false)]
    [InlineData("telemetry =", false)]
    [InlineData("other = off", false)]
    [InlineData("# telemetry = off", false)]
    [InlineData("", false)]
    public void A_file_of_a_folder_or_a_machine_forbids(string content, bool forbids)
    {
        _host.Variables["TELEMETRYKIT_ENABLED"] = "1";
        foreach (var path in new[] { Path.Combine(_host.Folder, ".telemetrykit"), _host.MachineFile })
        {
            File.WriteAllText(path, content);
            using (var client = Create())
            {
                Assert.Equal(forbids ? ConsentState.Denied : ConsentState.Granted, client.Consent.State);
                Assert.Equal(forbids ? path : "TELEMETRYKIT_ENABLED", client.Consent.Reason);
            }

            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("machine")]
    [InlineData("decision")]
    [InlineData("home")]
    [InlineData("parent")]
    public void What_cannot_be_known_is_a_no(string closed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere an administrator may read everything.");
        _host.Variables["MY_CLI_TELEMETRY"] = "1";
        var home = Path.GetDirectoryName(_host.Root)!;
        Unprivileged.Open(home);
        _host.MachineFolder = Directory.CreateDirectory(Path.Combine(home, "etc")).FullName;
        var folder = closed switch
        {
            "machine" => _host.MachineFolder,
            "decision" => Directory.CreateDirectory(_host.Root).FullName,
            "home" => home,
            _ => Path.GetDirectoryName(_host.Folder)!,
        };
        var working = _host.Folder;
        // Where there is nothing, and nothing can be written, nothing was said.
        Unprivileged.Run(() => Assert.Equal((ConsentState.Granted, "MY_CLI_TELEMETRY"), StateOf()));
        using (Unprivileged.Close(folder))
        {
            Unprivileged.Run(() => Assert.Equal(ConsentState.Denied, StateOf().State));
        }

        Unprivileged.Run(() => Assert.Equal((ConsentState.Granted, "MY_CLI_TELEMETRY"), StateOf()));

        (ConsentState State, string Reason) StateOf()
        {
            // Without a recorder, which would create files.
            var options = new TelemetryOptions { ServiceName = "my-cli" };
            var host = new FixedFolder(_host, working);
            var consent = new TelemetryConsent(options.Values, host, Switches.Read(host, "my-cli"));
            return (consent.State, consent.Reason);
        }
    }

    [Fact]
    public void A_home_in_a_folder_that_is_closed_is_not_missing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere an administrator may read everything.");
        var parent = Path.GetDirectoryName(_host.Folder)!;
        Unprivileged.Open(Path.GetDirectoryName(_host.Root)!);
        var link = Path.Combine(Path.GetDirectoryName(parent)!, "link");
        File.CreateSymbolicLink(link, _host.Folder);
        File.WriteAllText(Path.Combine(parent, "file"), "");
        string[] homes = ["/", parent + "-missing", Path.Combine(parent, "file"), _host.Folder, link];
        Unprivileged.Run(() => Assert.Equal([null, null, null, homes[3], link], homes.Select(Host.HomeAt)));
        using (Unprivileged.Close(parent))
            Unprivileged.Run(() => Assert.Equal([null, null, homes[2], homes[3], link], homes.Select(Host.HomeAt)));
    }

    [Fact]
    public void Where_nothing_can_be_written_or_there_is_no_home_a_yes_counts()
    {
        _host.Variables["MY_CLI_TELEMETRY"] = "1";
        _host.HasHome = false;
        using (var client = Create())
            Assert.True(client.IsEnabled);
        _host.HasHome = true;
        // A file in place of a folder contains no decision.
        File.WriteAllText(_host.Root, "");
        _host.Variables["XDG_STATE_HOME"] = Path.Combine(_host.Root, "state");
        using (var client = Create())
            Assert.True(client.IsEnabled);
        _host.Variables.Remove("XDG_STATE_HOME");
        using (var client = Create())
            Assert.True(client.IsEnabled);
    }

    [Theory]
    [InlineData("XDG_STATE_HOME")]
    [InlineData("XDG_DATA_HOME")]
    public void A_no_in_the_home_counts_also_if_a_variable_names_another_folder(string variable)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such variables.");
        Assert.Equal(0, Run("off", out _));
        _host.Variables[variable] = _host.Folder;
        _host.Variables["MY_CLI_TELEMETRY"] = "1";
        using (var client = Create())
        {
            Assert.Equal(ConsentState.Denied, client.Consent.State);
            Assert.Equal("user", client.Consent.Reason);
        }

        Assert.Equal(0, Run("status", out var output));
        Assert.Contains(DecisionPath(), output, StringComparison.Ordinal);
        // The user decides anew, in both places.
        Assert.Equal(0, Run("on", out _));
        using (var client = Create())
            Assert.Equal(ConsentState.Granted, client.Consent.State);
        Assert.Equal(0, Run("off", out _));
        _host.Variables.Remove(variable);
        using (var client = Create())
            Assert.Equal("user", client.Consent.Reason);
    }

    [Fact]
    public void A_decision_in_the_home_is_neither_created_nor_a_yes_if_a_variable_names_another_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such variables.");
        _host.Variables["XDG_STATE_HOME"] = _host.Folder;
        Assert.Equal(0, Run("on", out _));
        Assert.False(Directory.Exists(_host.Root));
        _host.Variables.Remove("XDG_STATE_HOME");
        Assert.Equal(0, Run("on", out _));
        _host.Variables["XDG_STATE_HOME"] = Path.GetDirectoryName(_host.Folder)!;
        using (var client = Create())
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        File.WriteAllText(DecisionPath(), "");
        using (var client = Create())
            Assert.Equal("unreadable", client.Consent.Reason);
    }

    [Fact]
    public void A_file_cannot_allow()
    {
        File.WriteAllText(Path.Combine(_host.Folder, ".telemetrykit"), "telemetry = on");
        File.WriteAllText(_host.MachineFile, "telemetry = on");
        using var client = Create();
        Assert.Equal(ConsentState.Unknown, client.Consent.State);
    }

    [Fact]
    public void A_file_above_the_working_folder_counts_up_to_the_root_of_the_repository()
    {
        var repository = Path.GetDirectoryName(_host.Folder)!;
        var above = Path.Combine(Path.GetDirectoryName(repository)!, ".telemetrykit");
        File.WriteAllText(above, "telemetry = off");
        Assert.Equal(above, Switches.Read(_host, "my-cli").Reason);
        // In a worktree, .git is a file.
        File.WriteAllText(Path.Combine(repository, ".git"), "gitdir: elsewhere");
        Assert.Null(Switches.Read(_host, "my-cli").Enabled);
        File.WriteAllText(Path.Combine(repository, ".telemetrykit"), "telemetry = off");
        Assert.False(Switches.Read(_host, "my-cli").Enabled);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_neither_throw_nor_hang()
    {
        var path = Path.Combine(_host.Folder, ".telemetrykit");
        // What is not understood is a no.
        Directory.CreateDirectory(path);
        Assert.Equal(path, Switches.Read(_host, "my-cli").Reason);
        Directory.Delete(path);
        using (var large = File.Create(path))
            large.SetLength(1L << 30);
        Assert.Equal(path, Switches.Read(_host, "my-cli").Reason);
        File.Delete(path);
        if (OperatingSystem.IsWindows())
            return;
        using (var made = System.Diagnostics.Process.Start("mkfifo", [path]))
            await made.WaitForExitAsync();
        Assert.Null(await Task.Run(() => Switches.Read(_host, "my-cli").Enabled).WaitAsync(Clients.Timeout));
        File.Move(path, path + "-pipe");
        File.CreateSymbolicLink(path, path + "-pipe");
        Assert.Null(await Task.Run(() => Switches.Read(_host, "my-cli").Enabled).WaitAsync(Clients.Timeout));
        File.Delete(path);
        File.CreateSymbolicLink(path, path);
        Assert.Equal(path, Switches.Read(_host, "my-cli").Reason);
        File.Delete(path);
        File.WriteAllText(path + "-file", "telemetry = off");
        File.CreateSymbolicLink(path, path + "-file");
        Assert.Equal(path, Switches.Read(_host, "my-cli").Reason);
        File.Delete(path);
        // What it led to may have been a no.
        File.CreateSymbolicLink(path, path + "-missing");
        Assert.Equal(path, Switches.Read(_host, "my-cli").Reason);
    }

    public void Dispose() => _host.Dispose();

    /// <summary>A host whose working folder exists already.</summary>
    private sealed class FixedFolder(TestHost host, string working) : Host
    {
        public override string? Variable(string name) => host.Variable(name);

        public override string? WorkingFolder => working;

        public override string MachineFile => host.MachineFile;

        public override string? Home => host.Home;
    }

    private string DecisionPath() => ServicePaths.Consent(_host.Root, "my-cli");

    private TelemetryKitClient Create(Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions { ServiceName = "my-cli", Key = Clients.Key, Endpoint = new("http://127.0.0.1:9") };
        configure?.Invoke(options);
        return TelemetryKitClient.Create(options, _host);
    }

    private int Run(string subcommand, out string output)
    {
        _host.Arguments = ["telemetry", subcommand];
        using var client = Create();
        using var written = new StringWriter();
        var exitCode = TelemetryCommands.Run(subcommand, client, written);
        output = written.ToString();
        return exitCode;
    }
}
