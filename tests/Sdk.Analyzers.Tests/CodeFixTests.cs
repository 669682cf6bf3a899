namespace TelemetryKit.Analyzers.Tests;

public class CodeFixTests
{
    private const string Remove = "Remove this entry";

    [Theory]
    [InlineData(
        """telemetry.TrackFeature("login", new() { ["email"] = text });""",
        """telemetry.TrackFeature("login", new() { });""")]
    [InlineData(
        """telemetry.TrackFeature("login", new() { ["email"] = text, ["sso"] = true });""",
        """telemetry.TrackFeature("login", new() { ["sso"] = true });""")]
    [InlineData(
        """telemetry.TrackFeature("login", new() { ["sso"] = true, ["user"] = Environment.UserName });""",
        """telemetry.TrackFeature("login", new() { ["sso"] = true });""")]
    [InlineData(
        """telemetry.TrackFeature("login", new TelemetryMetadata { { "sso", true }, { "place", Path.GetFullPath(text) } });""",
        """telemetry.TrackFeature("login", new TelemetryMetadata { { "sso", true } });""")]
    [InlineData("""metadata["sso"] = true; metadata["email"] = text;""", """metadata["sso"] = true;""")]
    [InlineData("""metadata.Add("sso", true); metadata.Add("email", text);""", """metadata.Add("sso", true);""")]
    [InlineData("""if (args.Length > 0) metadata["email"] = text;""", """if (args.Length > 0) { }""")]
    [InlineData(
        """telemetry.TrackCommand("login").With("email", text).Succeeded().Dispose();""",
        """telemetry.TrackCommand("login").Succeeded().Dispose();""")]
    [InlineData(
        """var command = telemetry.TrackCommand("login"); command.With("email", text);""",
        """var command = telemetry.TrackCommand("login");""")]
    [InlineData(
        """var command = telemetry.TrackCommand("login"); command.With("sso", true).With("email", text);""",
        """var command = telemetry.TrackCommand("login"); command.With("sso", true);""")]
    public async Task An_entry_is_removed(string before, string after) =>
        Assert.Equal(after, await Snippet.Statements(before).After(Remove));

    [Fact]
    public async Task Line_breaks_are_preserved() => Assert.Equal(
        """
        telemetry.TrackFeature("login", new()
        {
            ["sso"] = true,
            ["attempts"] = args.Length
        });
        """,
        await Snippet.Statements("""
            telemetry.TrackFeature("login", new()
            {
                ["email"] = text,
                ["sso"] = true,
                ["attempts"] = args.Length,
                ["machine"] = Environment.MachineName
            });
            """.Replace("\n    ", "\n    ", StringComparison.Ordinal)).After(Remove));

    [Fact]
    public async Task Several_entries_are_removed_at_once() => Assert.Equal(
        """
        metadata["sso"] = true;
        telemetry.TrackFeature("login", metadata);
        """,
        await Snippet.Statements("""
            metadata["email"] = text;
            metadata["sso"] = true;
            metadata["phone"] = text;
            telemetry.TrackFeature("login", metadata);
            """).AfterAll(Remove));

    [Theory]
    [InlineData("""metadata["kind"] = Path.GetFullPath(text);""", """metadata["kind"] = Path.GetExtension(text);""")]
    [InlineData(
        """var filePath = text; metadata["kind"] = filePath.ToLower();""",
        """var filePath = text; metadata["kind"] = Path.GetExtension(filePath).ToLower();""")]
    [InlineData("""metadata["kind"] = new FileInfo(text).FullName;""", """metadata["kind"] = new FileInfo(text).Extension;""")]
    [InlineData("""metadata["kind"] = $"a {new FileInfo(text)}";""", """metadata["kind"] = $"a {new FileInfo(text).Extension}";""")]
    [InlineData(
        """telemetry.TrackFeature("open " + Path.GetFullPath(text));""",
        """telemetry.TrackFeature("open " + Path.GetExtension(text));""")]
    public async Task A_path_is_replaced_by_its_extension(string before, string after) =>
        Assert.Equal(after, await Snippet.Statements(before).After("Record the file's extension only"));

    [Theory]
    [InlineData("""metadata["why"] = new Exception(text).Message;""", """metadata["why"] = new Exception(text).GetType().Name;""")]
    [InlineData("""metadata["why"] = new Exception(text).ToString();""", """metadata["why"] = new Exception(text).GetType().Name;""")]
    [InlineData(
        """telemetry.TrackLog(TelemetryLogLevel.Error, $"it said {new IOException(text)}");""",
        """telemetry.TrackLog(TelemetryLogLevel.Error, $"it said {new IOException(text).GetType().Name}");""")]
    public async Task An_exception_is_replaced_by_its_type(string before, string after) =>
        Assert.Equal(after, await Snippet.Statements(before).After("Record the exception's type only"));

    [Theory]
    [InlineData(
        """var email = text; metadata["given"] = email;""", """var email = text; metadata["given"] = !string.IsNullOrEmpty(email);""")]
    [InlineData(
        """var email = text; metadata["email"] = email.ToLower() ?? "none";""",
        """var email = text; metadata["email"] = !string.IsNullOrEmpty(email);""")]
    public async Task A_text_is_replaced_by_its_presence(string before, string after) =>
        Assert.Equal(after, await Snippet.Statements(before).After("Record only whether there is one"));

    [Theory]
    [InlineData("""telemetry.TrackFeature(Environment.UserName);""")]
    [InlineData("""var email = text; telemetry.TrackFeature(email);""")]
    [InlineData("""telemetry.TrackLog(TelemetryLogLevel.Error, $"from {IPAddress.Loopback}");""")]
    public async Task No_fix_is_offered_without_an_anonymous_form(string code) =>
        Assert.Empty(await Snippet.Statements(code).Fixes());

    [Fact]
    public async Task A_value_of_the_context_is_not_replaced_by_a_boolean() =>
        Assert.Equal([Remove], await Snippet.Statements("""var email = text; options.Context["who"] = email;""").Fixes());

    [Fact]
    public async Task An_entry_that_is_an_expression_body_is_not_removed() =>
        Assert.Empty(await Snippet.Members("""void Run(TelemetryMetadata metadata, string text) => metadata["email"] = text;""").Fixes());
}
