using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private const string Live = "tk_live_0123456789abcdefghijABCDEFGHIJ01";
    private const string Read = "tk_read_0123456789abcdefghijABCDEFGHIJ01";
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_defaults_are_valid()
    {
        var (settings, faults) = ReadSettings();
        Assert.Empty(faults.Sentences);
        Assert.Null(settings.Postgres);
        Assert.False(settings.Demo);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        var (_, faults) = ReadSettings(
            ["--demo", "stray", "--oops"],
            ("TELEMETRYKIT_DATA", Path.Combine(_folder, "file", "data")),
            ("TELEMETRYKIT_BOOTSTRAP_KEY", "tk_live_short"),
            ("TELEMETRYKIT_BOOTSTRAP_READ_KEY", Live),
            ("TELEMETRYKIT_METRICS_TOKEN", "short"),
            ("TELEMETRYKIT_TRUSTED_PROXIES", "proxy.example.org"),
            ("urls", "http://localhost:99999;ftp://x;http://localhost:5080"));
        Assert.Collection(
            faults.Sentences,
            s => Assert.StartsWith("\"stray\" on the command line is not a setting", s, StringComparison.Ordinal),
            s => Assert.StartsWith("\"--oops\" on the command line is not a setting", s, StringComparison.Ordinal),
            s => Assert.StartsWith("TELEMETRYKIT_TRUSTED_PROXIES has \"proxy.example.org\"", s, StringComparison.Ordinal),
            s => Assert.StartsWith("TELEMETRYKIT_DATA names the folder", s, StringComparison.Ordinal),
            s => Assert.StartsWith("TELEMETRYKIT_BOOTSTRAP_KEY is not a key", s, StringComparison.Ordinal),
            s => Assert.StartsWith("TELEMETRYKIT_BOOTSTRAP_READ_KEY is a write key", s, StringComparison.Ordinal),
            s => Assert.StartsWith("TELEMETRYKIT_METRICS_TOKEN is shorter", s, StringComparison.Ordinal),
            s => Assert.Contains("http://localhost:99999", s, StringComparison.Ordinal),
            s => Assert.Contains("ftp://x", s, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=;Username=a")]
    [InlineData("Host=db;Password=very-secret;Nonsense=1;Database=a")]
    [InlineData("Host=db;Port=very-secret;Database=a")]
    public void An_invalid_connection_string_is_rejected_and_not_repeated(string connectionString)
    {
        var (_, faults) = ReadSettings([], ("TELEMETRYKIT_POSTGRES", connectionString));
        Assert.NotEmpty(faults.Sentences);
        Assert.All(faults.Sentences, s => Assert.StartsWith("TELEMETRYKIT_POSTGRES", s, StringComparison.Ordinal));
        Assert.All(faults.Sentences, s => Assert.DoesNotContain("secret", s, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TELEMETRYKIT_POSTGRESS", "Did you mean TELEMETRYKIT_POSTGRES?")]
    [InlineData("TELEMETRYKIT_DTA", "Did you mean TELEMETRYKIT_DATA?")]
    [InlineData("TELEMETRYKIT_BOOTSTRAP_READKEY", "Did you mean TELEMETRYKIT_BOOTSTRAP_READ_KEY?")]
    [InlineData("telemetrykit_metric_token", "Did you mean TELEMETRYKIT_METRICS_TOKEN?")]
    [InlineData("TELEMETRYKIT_COMPLETELY_DIFFERENT", null)]
    public void A_misspelt_variable_is_rejected_with_the_nearest_name(string name, string? suggestion)
    {
        var (_, faults) = ReadSettings([], (name, "a secret"));
        var sentence = Assert.Single(faults.Sentences);
        Assert.Equal($"{name} is not a setting.{(suggestion is null ? "" : " " + suggestion)}", sentence);
    }

    [Theory]
    [InlineData("TELEMETRYKIT_KEY")] // of the SDKs
    [InlineData("TELEMETRYKIT_ENABLED")]
    [InlineData("OTHER_TELEMETRYKIT_DTA")]
    public void Other_variables_are_accepted(string name) => Assert.Empty(ReadSettings([], (name, _folder)).Faults.Sentences);

    [Theory]
    [InlineData("postgres://user:p%40ss@db.example.org:6432/telemetry?sslmode=require", null)]
    [InlineData("postgresql:///telemetry?host=/var/run/postgresql", null)]
    [InlineData("postgres://user:secret@db.example.org", "no Database")]
    [InlineData("postgres://user:secret@/telemetry", "no Host")]
    [InlineData("postgres://user:secret@db.example.org:70000/telemetry", "port")]
    [InlineData("postgres://user:secret@db.example.org/telemetry?sslmode=secret", "sslmode")]
    [InlineData("postgres://user:secret@db.example.org/telemetry?nonsense=secret", "nonsense")]
    [InlineData("postgres://user:sec#ret@db.example.org/telemetry", "%23")]
    public void A_url_of_postgresql_is_accepted_and_its_faults_are_named_without_the_password(string url, string? fault)
    {
        var (_, faults) = ReadSettings([], ("TELEMETRYKIT_POSTGRES", url));
        Assert.Equal(fault is null ? 0 : 1, faults.Count);
        Assert.All(faults.Sentences, sentence => Assert.Contains(fault!, sentence, StringComparison.Ordinal));
        Assert.All(faults.Sentences, sentence => Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TELEMETRYKIT_BOOTSTRAP_KEY", Read)]
    [InlineData("TELEMETRYKIT_BOOTSTRAP_READ_KEY", Live)]
    [InlineData("TELEMETRYKIT_BOOTSTRAP_KEY", "tk_live_0123456789abcdefghijABCDEFGHIJ0-")]
    [InlineData("TELEMETRYKIT_BOOTSTRAP_KEY", "tk_live_0123456789abcdefghijABCDEFGHIJ012")]
    public void An_invalid_bootstrap_key_is_rejected_and_not_repeated(string name, string key)
    {
        var (_, faults) = ReadSettings([], (name, key));
        var sentence = Assert.Single(faults.Sentences);
        Assert.StartsWith(name, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdefghij", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://+:8080;http://[::]:8081")]
    [InlineData("http://*")]
    public void Addresses_that_Kestrel_accepts_are_valid(string urls) => Assert.Empty(ReadSettings([], ("urls", urls)).Faults.Sentences);

    [Fact]
    public void A_missing_data_folder_is_not_created_yet()
    {
        Assert.Empty(ReadSettings([], ("TELEMETRYKIT_DATA", Path.Combine(_folder, "new", "data"))).Faults.Sentences);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_created_data_folder_is_accessible_only_to_its_owner()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Path.Combine(_folder, "new");
        await using (await TestServer.StartAsync(new TestServerOptions { Folder = folder }))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public void Empty_settings_are_not_set()
    {
        var (settings, faults) = ReadSettings([], ("TELEMETRYKIT_POSTGRES", " "), ("TELEMETRYKIT_BOOTSTRAP_KEY", ""), ("urls", ""));
        Assert.Empty(faults.Sentences);
        Assert.Null(settings.Postgres);
        Assert.Null(settings.BootstrapKey);
    }

    [Fact]
    public void The_command_line_is_read_into_switches_settings_and_faults()
    {
        var commandLine = CommandLine.Parse([
            "--demo", "--urls", "http://localhost:1", "--Logging:LogLevel:Default=Debug", "what", "--Kestrel__Limits__A", "http://b",
            "--oops", "x", "--alone"]);
        Assert.True(commandLine.Demo);
        Assert.Equal(["--urls=http://localhost:1", "--Logging:LogLevel:Default=Debug", "--Kestrel:Limits:A=http://b"], commandLine.Rest);
        Assert.Collection(
            commandLine.Faults,
            s => Assert.Contains("\"what\"", s, StringComparison.Ordinal),
            s => Assert.Contains("\"--oops\"", s, StringComparison.Ordinal),
            s => Assert.Contains("\"--alone\"", s, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--http_ports", "8080", "http_ports")]
    [InlineData("--OTEL_SERVICE_NAME", "a", "OTEL_SERVICE_NAME")]
    [InlineData("--Logging:Console:FormatterName", "json", "Logging:Console:FormatterName")]
    [InlineData("--TELEMETRYKIT_POSTGRES", "Host=db;Password=@a=b --c", "TELEMETRYKIT_POSTGRES")]
    [InlineData("--TELEMETRYKIT_METRICS_TOKEN", "@token", "TELEMETRYKIT_METRICS_TOKEN")]
    [InlineData("--environment", "Staging", "environment")]
    public void Settings_of_ours_and_of_the_framework_reach_the_configuration(string option, string value, string key)
    {
        foreach (var args in new string[][] { [option, value], [$"{option}={value}"] })
        {
            var commandLine = CommandLine.Parse(args);
            Assert.Empty(commandLine.Faults);
            Assert.Equal(value, new ConfigurationBuilder().AddCommandLine(commandLine.Rest).Build()[key]);
        }
    }

    [Fact]
    public void Of_a_setting_that_is_given_twice_the_last_one_counts() =>
        Assert.Equal(["--urls=http://b"], CommandLine.Parse(["--urls", "http://a", "--urls", "http://b"]).Rest);

    [Theory]
    [InlineData("--urls")]
    [InlineData("--urls", "--demo")]
    [InlineData("--TELEMETRYKIT_DTA", "x")]
    [InlineData("--demo", "yes please")]
    [InlineData("--demo=maybe")]
    [InlineData("stray")]
    [InlineData("--ASPNETCORE_URLS", "http://localhost:1")]
    [InlineData("--TELEMETRYKIT_BOOTSTRAP_KEY", "wrong")]
    public async Task A_start_that_is_refused_ends_with_2_and_leaves_nothing_behind(params string[] args)
    {
        var data = Path.Combine(_folder, "data");
        Assert.Equal(2, await Program.Main(["--TELEMETRYKIT_DATA", data, .. args]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task The_version_is_printed_alone()
    {
        var (exit, output, errors) = await RunAsync("--version");
        Assert.Equal((0, ServerVersion.Text + Environment.NewLine, ""), (exit, output, errors));
    }

    [Fact]
    public async Task An_address_in_use_ends_the_start_with_exit_code_2()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        Assert.Equal(2, await Program.Main(["--urls", $"http://127.0.0.1:{port}", "--TELEMETRYKIT_DATA", _folder]));
    }

    [Fact]
    public void Faults_are_printed_as_sentences()
    {
        var faults = new SettingFaults();
        faults.Add("One is wrong.");
        var text = new StringWriter();
        Assert.Equal(2, faults.Print(text));
        Assert.Equal(
            ["TelemetryKit did not start: 1 setting is wrong.", "  - One is wrong.", "See --help for every setting."],
            text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Help_names_every_setting()
    {
        var (exit, text, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        string[] switches = ["--demo", "--help", "--version", "Logging__Console__FormatterName"];
        foreach (var name in KnownSettings.All.Select(setting => "--" + setting.Name).Concat(switches))
            Assert.Contains(name, text, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = await new ServerCommand().RunAsync(args, _ => throw new InvalidOperationException("No server runs."), output, errors);
        return (exit, output.ToString(), errors.ToString());
    }

    private (ServerSettings Value, SettingFaults Faults) ReadSettings(string[]? args = null, params (string Name, string Value)[] settings)
    {
        var values = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        values.TryAdd("TELEMETRYKIT_DATA", _folder);
        values.TryAdd("TELEMETRYKIT_SECRET", TestSecret.Text);
        return ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), CommandLine.Parse(args ?? []));
    }
}
